import { Buffer } from "node:buffer";

const CR = 13;
const LF = 10;

/**
 * Finds `--boundary` in what it is fed, at any split.
 *
 * Within a piece it is found by `indexOf`; a match that spans pieces by its failure table (Knuth, Morris, Pratt), so
 * that no byte is kept. Hot: uploads go through here at the speed of memory.
 */
export class DelimiterSearch {
  readonly #needle: Buffer;
  readonly #failure: readonly number[];
  /** Bytes of the needle that the bytes before match. */
  #matched = 0;
  /** The two bytes before; at the body's beginning as if a line had ended. */
  #last = LF;
  #beforeLast = CR;
  /** Whether a line ends right before what was found last. */
  afterLineBreak = false;

  constructor(boundary: string) {
    this.#needle = Buffer.from(`--${boundary}`, "latin1");
    this.#failure = failureTable(this.#needle);
  }

  /** Bytes of what is searched for. */
  get length(): number {
    return this.#needle.length;
  }

  /** Where in `bytes[from, to)` the first `--boundary` ends, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    let i = from;
    while (i < to) {
      if (this.#matched === 0) {
        const at = this.#indexOf(bytes, i, to);
        if (at >= 0) {
          this.#remember(bytes, i, at);
          this.afterLineBreak = this.#last === LF && this.#beforeLast === CR;
          this.#remember(bytes, at, at + this.length);
          return at + this.length;
        }
        // Only the last bytes can begin one.
        const tail = Math.max(i, to - this.length + 1);
        this.#remember(bytes, i, tail);
        i = tail;
        if (i === to) break;
      }
      if (this.#step(bytes[i++]!)) return i;
    }
    return -1;
  }

  /** Takes one byte; whether it ends the needle. */
  #step(byte: number): boolean {
    const before = this.#matched;
    let matched = before;
    while (matched > 0 && this.#needle[matched] !== byte) matched = this.#failure[matched - 1]!;
    if (this.#needle[matched] === byte) matched++;
    if (before === 0) this.afterLineBreak = this.#last === LF && this.#beforeLast === CR;
    // What begins within the needle begins behind one of its bytes.
    else if (matched <= before) this.afterLineBreak = false;
    this.#beforeLast = this.#last;
    this.#last = byte;
    this.#matched = matched === this.length ? 0 : matched;
    return matched === this.length;
  }

  #indexOf(bytes: Uint8Array, from: number, to: number): number {
    if (to - from < this.length) return -1;
    const at = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).indexOf(this.#needle);
    return at < 0 ? -1 : from + at;
  }

  #remember(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > 1) this.#beforeLast = bytes[to - 2]!;
    else if (to > from) this.#beforeLast = this.#last;
    if (to > from) this.#last = bytes[to - 1]!;
  }
}

/** For each length of a match, the longest shorter one that the same bytes end with. */
function failureTable(needle: Uint8Array): readonly number[] {
  const table = [0];
  for (let i = 1, matched = 0; i < needle.length; i++) {
    while (matched > 0 && needle[i] !== needle[matched]) matched = table[matched - 1]!;
    if (needle[i] === needle[matched]) matched++;
    table.push(matched);
  }
  return table;
}
