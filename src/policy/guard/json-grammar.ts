/** The bytes and states that the reader of JSON bodies goes by. */

/** Bytes that JSON's structure is made of. */
export const json = {
  quote: 34,
  comma: 44,
  colon: 58,
  openList: 91,
  closeList: 93,
  openObject: 123,
  closeObject: 125,
} as const;

/** What is to come, or what the reader is within. */
export const state = {
  start: 0,
  /** Behind `{`: a key or `}`. */
  firstKey: 1,
  /** Behind `,`: a key. */
  key: 2,
  colon: 3,
  value: 4,
  /** Within a number, a literal, or what looks like one. */
  scalar: 5,
  /** Behind a value: `,` or `}`. */
  after: 6,
  keyText: 7,
  /** Within a string that stands where a name can. */
  text: 8,
  /** Behind `[` of `args`. */
  firstItem: 9,
  /** Between the items of `params` as an array. */
  pairs: 10,
  /** Behind the bracket that opens such an item. */
  pair: 11,
  /** Within a value that does not matter. */
  skip: 12,
  /** Behind the top object. */
  end: 13,
  /** The verdict is known, or no worker can read the body. */
  settled: 14,
  /** Behind the first item of `args`. */
  afterFirst: 15,
  /** Behind the comma there. */
  secondItem: 16,
} as const;
/** One of `state`. */
export type State = (typeof state)[keyof typeof state];

/** White space of JSON. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte <= 0x0d && (byte === 0x0a || byte === 0x0d || byte === 0x09));
}

/** What a string, an object or an array begins with. */
export function opensValue(byte: number): boolean {
  return byte === json.quote || byte === json.openObject || byte === json.openList;
}

/** What UTF-16 and UTF-32 show within two bytes of their first character: a zero, or half of a byte order mark. */
export const wideBytes: ReadonlySet<number> = new Set([0, 0xfe, 0xff]);

/** Bytes of UTF-8's byte order mark. */
export const byteOrderMark: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);

/** 1 for what numbers and literals are made of, Python's `NaN` and `-Infinity` included. */
export const scalarBytes = new Uint8Array(256);
for (const char of "+-.0123456789") scalarBytes[char.charCodeAt(0)] = 1;
scalarBytes.fill(1, 65, 91).fill(1, 97, 123);
