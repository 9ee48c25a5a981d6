import type { KeyedHash } from "../limits/keyed-hash.ts";

/** A login name as 64 bits under the process's secret key; the name itself is kept nowhere. */
export type LoginHash = readonly [hi: number, lo: number];

/** Longer than any name that somebody has: what is behind counts for nothing. */
const NAME_BYTES_MAX = 512;
const SPACE = 0x20;

/**
 * A login name that is hashed while its bytes come in, in UTF-8 and in constant memory.
 *
 * Odoo compares names as they are written. Blanks around it and the case of ASCII letters are left out here, as add-ons
 * leave them out before they compare: spellings of one name must not be tries of many. Where a request names several,
 * versions differ in which one counts; all such requests of a tenant have one hash, so that a decoy gains nothing.
 */
export class LoginName {
  readonly #hash: KeyedHash;
  #names = 0;
  #hi = 0;
  #lo = 0;
  /** Bytes of the name, blanks around it left out. */
  #length = 0;
  /** Blanks behind them, which may be within the name. */
  #blanks = 0;
  #first = 0;
  #second = 0;
  /** The first half of a character beyond U+FFFF. */
  #half = 0;

  /** `hash` is used within single calls only: many names may share it. */
  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** A name begins. */
  begin(): void {
    this.#names++;
    this.#clear();
  }

  #clear(): void {
    this.#hi = 0;
    this.#lo = 0;
    this.#length = 0;
    this.#blanks = 0;
    this.#first = 0;
    this.#second = 0;
    this.#half = 0;
  }

  /** What was read cannot be one name with certainty. */
  blur(): void {
    this.#names = Number.POSITIVE_INFINITY;
  }

  /** Takes the next byte of the name. */
  push(byte: number): void {
    if (byte === SPACE || (byte >= 0x09 && byte <= 0x0d)) {
      if (this.#length > 0 && this.#blanks < NAME_BYTES_MAX) this.#blanks++;
      return;
    }
    for (; this.#blanks > 0; this.#blanks--) this.#add(SPACE);
    this.#add(byte >= 65 && byte <= 90 ? byte + 32 : byte);
  }

  /** Takes `bytes[from, to)`. */
  append(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to; i++) this.push(bytes[i]!);
  }

  /** Takes the next UTF-16 unit of the name, as escapes of JSON give it. */
  pushUnit(unit: number): void {
    const half = this.#half;
    this.#half = 0;
    if (unit < 0x80) return this.push(unit);
    if (unit >= 0xd800 && unit < 0xdc00) {
      this.#half = unit;
      return;
    }
    const pair = half > 0 && unit >= 0xdc00 && unit < 0xe000;
    const code = pair ? 0x10000 + ((half & 0x3ff) << 10) + (unit & 0x3ff) : unit;
    if (code >= 0x10000) this.push(0xf0 | (code >> 18));
    if (code >= 0x800) this.push(code >= 0x10000 ? 0x80 | ((code >> 12) & 0x3f) : 0xe0 | (code >> 12));
    this.push(code >= 0x800 ? 0x80 | ((code >> 6) & 0x3f) : 0xc0 | (code >> 6));
    this.push(0x80 | (code & 0x3f));
  }

  /** The hash of the name, or null when none was begun. At its end. */
  result(): LoginHash | null {
    if (this.#names === 0) return null;
    if (this.#names > 1) this.#clear();
    this.#hash.link(this.#hi, this.#lo, this.#first, this.#second, -1 - this.#length);
    return [this.#hash.hi, this.#hash.lo];
  }

  #add(byte: number): void {
    const length = this.#length;
    if (length === NAME_BYTES_MAX) return;
    const shifted = byte << ((length & 3) << 3);
    if ((length & 4) === 0) this.#first |= shifted;
    else this.#second |= shifted;
    this.#length = length + 1;
    if ((this.#length & 7) === 0) this.#mix();
  }

  #mix(): void {
    this.#hash.link(this.#hi, this.#lo, this.#first, this.#second, this.#length);
    this.#hi = this.#hash.hi;
    this.#lo = this.#hash.lo;
    this.#first = 0;
    this.#second = 0;
  }
}
