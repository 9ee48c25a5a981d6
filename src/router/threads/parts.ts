/**
 * How counts are laid out that threads share: a line of totals, and behind it a line for each part of the process, so that
 * what one part holds can be given back when its thread ends. Part 0 is the thread that schedules, the others serve.
 *
 * A total and a part's own count are changed one right after the other. A thread that ends by itself ends at a call, at a
 * loop's end or where memory is taken, and there is none of these between them: it leaves both or neither.
 */

/** Words of a line, which is what a processor moves between its caches. */
export const LINE_WORDS = 16;
export const LINE_BYTES = LINE_WORDS * Int32Array.BYTES_PER_ELEMENT;
/** The part of the thread that schedules. */
export const SCHEDULER = 0;

/** First word of a part's line. */
export function lineOf(part: number): number {
  return (1 + part) * LINE_WORDS;
}

/** Memory for the totals and `parts` parts. */
export function allocateLines(parts: number): SharedArrayBuffer {
  return new SharedArrayBuffer((1 + parts) * LINE_BYTES);
}

/**
 * Takes what a part holds of the count at `word` off the total; `first` is where the lines begin. What holds nothing is only
 * read: memory that nobody wrote to stays the system's.
 */
export function giveBack(words: Int32Array, word: number, part: number, first = 0): void {
  const own = first + lineOf(part) + word;
  if (Atomics.load(words, own) === 0) return;
  Atomics.sub(words, first + word, Atomics.exchange(words, own, 0));
}
