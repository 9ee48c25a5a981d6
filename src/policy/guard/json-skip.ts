import { type State, state } from "./json-grammar.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;

/**
 * Finds the end of a JSON value that does not matter: a string, or brackets of any depth with all that is in them.
 *
 * Hot: most bytes of most bodies go through here. Brackets are counted, whatever their kind.
 */
export class JsonSkip {
  /** Whether the value's end was read. */
  done = false;
  /** Whether it is nested deeper than the limit; it is not read further. */
  tooDeep = false;
  /** How the reader goes on behind the value. */
  next: State = state.after;
  readonly #depthMax: number;
  /** Brackets that are open. */
  #open = 0;
  #inString = false;
  #escaped = false;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /** Begins with `byte`, the first of a value or whatever else stands within `open` brackets. */
  beginWith(byte: number, open: number, next: State): void {
    const kind = kinds[byte]!;
    this.begin(kind === OPEN ? open + 1 : open, next);
    this.#inString = kind === QUOTE;
  }

  /** Begins within `open` brackets; behind their end the reader goes on in state `next`. */
  begin(open: number, next: State): void {
    this.done = false;
    this.next = next;
    this.#open = open;
    this.#inString = false;
  }

  /** Takes bytes up to the end of the value, or to `to`; says where it stopped. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let i = this.#escaped ? from + 1 : from;
    let open = this.#open;
    let inString = this.#inString;
    while (i < to) {
      if (inString) {
        i = stringEnd(bytes, i, to);
        if (i >= to) break;
        i++;
        inString = false;
        if (open === 0 || i === to) break;
      }
      const kind = kinds[bytes[i++]!]!;
      if (kind === 0) continue;
      if (kind === QUOTE) {
        inString = true;
        continue;
      }
      open += kind === OPEN ? 1 : -1;
      if (open === 0 || open > this.#depthMax) break;
    }
    this.#escaped = i > to;
    this.#open = open;
    this.#inString = inString;
    this.done = open === 0 && !inString;
    this.tooDeep = open > this.#depthMax;
    return Math.min(i, to);
  }
}

/** Where the closing quote is; `to` or, behind a backslash, one more when it is not among these bytes. */
function stringEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to) {
    const byte = bytes[i]!;
    if (byte === QUOTE) break;
    i += byte === BACKSLASH ? 2 : 1;
  }
  return i;
}

/** What ends a run of bytes: a quote, or a bracket of either kind. */
const kinds = new Uint8Array(256);
kinds[QUOTE] = QUOTE;
for (const open of "[{") kinds[open.charCodeAt(0)] = OPEN;
for (const close of "]}") kinds[close.charCodeAt(0)] = CLOSE;
