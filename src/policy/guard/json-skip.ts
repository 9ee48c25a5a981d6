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
  readonly #depthMax: number;
  /** Brackets that are open. */
  #open = 0;
  #inString = false;
  #escaped = false;

  constructor(depthMax: number) {
    this.#depthMax = depthMax;
  }

  /** Begins behind the quote that opens a string. */
  beginString(): void {
    this.begin(0);
    this.#inString = true;
  }

  /** Begins within `open` brackets. */
  begin(open: number): void {
    this.done = false;
    this.#open = open;
    this.#inString = false;
  }

  /** Takes bytes up to the end of the value, or to `to`; says where it stopped. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let i = this.#escaped ? from + 1 : from;
    while (i < to) {
      if (this.#inString) i = this.#readString(bytes, i, to);
      else i = this.#readBrackets(bytes, i, to);
      if (this.done || this.tooDeep) return i;
    }
    this.#escaped = i > to;
    return to;
  }

  /** Stops behind the string's end; one byte behind `to` when that is escaped. */
  #readString(bytes: Uint8Array, from: number, to: number): number {
    let i = from;
    while (i < to) {
      const byte = bytes[i++]!;
      if (byte === QUOTE) {
        this.#inString = false;
        this.done = this.#open === 0;
        break;
      }
      if (byte === BACKSLASH) i++;
    }
    return i;
  }

  #readBrackets(bytes: Uint8Array, from: number, to: number): number {
    let open = this.#open;
    let i = from;
    while (i < to) {
      const kind = kinds[bytes[i++]!]!;
      if (kind === 0) continue;
      if (kind === QUOTE) {
        this.#inString = true;
        break;
      }
      open += kind === OPEN ? 1 : -1;
      if (open === 0 || open > this.#depthMax) break;
    }
    this.#open = open;
    this.done = open === 0;
    this.tooDeep = open > this.#depthMax;
    return i;
  }
}

/** What ends a run of bytes: a quote, or a bracket of either kind. */
const kinds = new Uint8Array(256);
kinds[QUOTE] = QUOTE;
for (const open of "[{") kinds[open.charCodeAt(0)] = OPEN;
for (const close of "]}") kinds[close.charCodeAt(0)] = CLOSE;
