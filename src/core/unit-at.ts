const { charCodeAt } = String.prototype;

/**
 * `text.charCodeAt(index)`, for loops over strings of many origins.
 *
 * Hot: V8 has some ten inner kinds of strings (read from bytes, sliced, joined, constants, ...), and where a call site has seen
 * more than four, looking the method up costs more than the character. Called as a constant it is not looked up. `index` should
 * lie within the text: the first call beyond its end makes all later ones slower.
 */
export function unitAt(text: string, index: number): number {
  return charCodeAt.call(text, index);
}
