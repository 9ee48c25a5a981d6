/**
 * 64-bit hashes under a key: who does not have the key can neither find two inputs with one hash nor choose where in a
 * table an input lands.
 *
 * The mixing is HalfSipHash-2-4's with 64 bits of output (Aumasson and Bernstein, 2012): made for tables that
 * strangers fill, in 32-bit arithmetic, which is all that JavaScript does fast. Hot: nothing allocates; results are left
 * in fields. bench/micro/rate-table.ts.
 */
/** Two halves of a secret. */
export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

/** Rounds for each word, and behind the last for each half of the result. */
const ROUNDS_PER_WORD = 2;
const FINAL_ROUNDS = 4;

/** Hashes texts or words; one object is used again and again. */
export class KeyedHash {
  /** The last result; each a signed 32-bit integer. */
  hi = 0;
  lo = 0;
  readonly #k0: number;
  readonly #k1: number;
  /** What one link of a chain mixes. */
  readonly #link = new Int32Array(5);

  constructor({ k0, k1 }: HashKey) {
    this.#k0 = k0 | 0;
    this.#k1 = k1 | 0;
  }

  /** Hashes `words`; inputs of different lengths must never share a key. */
  mix(words: Int32Array): void {
    let v0 = this.#k0;
    let v1 = this.#k1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.#k0;
    let v3 = 0x74656462 ^ this.#k1;
    const absorbed = words.length * ROUNDS_PER_WORD;
    const total = absorbed + 2 * FINAL_ROUNDS;
    let half = 0;
    for (let round = 0; round < total; round++) {
      const absorbs = round < absorbed;
      if (absorbs && (round & 1) === 0) v3 ^= words[round >> 1]!;
      else if (round === absorbed) v2 ^= 0xee;
      else if (round === absorbed + FINAL_ROUNDS) {
        half = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (absorbs && (round & 1) === 1) v0 ^= words[round >> 1]!;
    }
    this.lo = half | 0;
    this.hi = (v1 ^ v3) | 0;
  }

  /**
   * One link of the chain over an input of any length: mixes two more words into the result so far. `place` counts the
   * links; the last one's is negative.
   */
  link(hi: number, lo: number, first: number, second: number, place: number): void {
    const link = this.#link;
    link[0] = hi;
    link[1] = lo;
    link[2] = first;
    link[3] = second;
    link[4] = place;
    this.mix(link);
  }

  /** Hashes a text's UTF-16 units. */
  text(text: string): void {
    this.hi = 0;
    this.lo = 0;
    for (let i = 0; i < text.length; i += 4) this.link(this.hi, this.lo, unitPair(text, i), unitPair(text, i + 2), i);
    this.link(this.hi, this.lo, text.length, 0, -1);
  }
}

function unitPair(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xffff) | ((text.charCodeAt(at + 1) & 0xffff) << 16);
}
