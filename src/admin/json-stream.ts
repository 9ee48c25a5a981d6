const ITEMS_PER_PIECE = 100;

/**
 * An object as JSON in pieces of bounded size: each array among its values is written item by item, so that no piece
 * grows with the number of tenants. Ends in a newline.
 */
export function* jsonObjectPieces(object: object): Generator<string> {
  let separator = "{";
  for (const [key, value] of Object.entries(object)) {
    yield `${separator}${JSON.stringify(key)}:`;
    if (Array.isArray(value)) yield* jsonArrayPieces(value);
    else yield JSON.stringify(value);
    separator = ",";
  }
  yield separator === "{" ? "{}\n" : "}\n";
}

/** A list as a JSON array in pieces of 100 items, each as `view` shows it. */
export function* jsonArrayPieces<T>(
  items: readonly T[],
  view: (item: T) => unknown = (item) => item,
): Generator<string> {
  yield "[";
  for (let from = 0; from < items.length; from += ITEMS_PER_PIECE) {
    const texts = items.slice(from, from + ITEMS_PER_PIECE).map((item) => JSON.stringify(view(item)));
    yield `${from === 0 ? "" : ",\n"}${texts.join(",\n")}`;
  }
  yield "]";
}
