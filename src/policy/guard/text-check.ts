/**
 * Where bytes stop being text that every parser reads alike: valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF) without control characters but tab and line breaks. Fed at any split; hot at doors.
 */
export class TextCheck {
  /** Continuation bytes that are still due, and the range that the next must be in. */
  #due = 0;
  #low = 0x80;
  #high = 0xbf;
  #valid = true;

  /** Takes `bytes[from, to)` and says where the first byte is that belongs to no text; `to` when there is none. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let i = from;
    while (i < to) {
      if (this.#due > 0) this.#continue(bytes[i]!);
      else {
        while (i < to && kinds[bytes[i]!] === PLAIN) i++;
        if (i === to) break;
        this.#start(bytes[i]!);
      }
      if (!this.#valid) break;
      i++;
    }
    return i;
  }

  #start(byte: number): void {
    this.#due = kinds[byte]!;
    this.#valid = this.#due !== REFUSED;
    this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
  }

  #continue(byte: number): void {
    this.#valid = byte >= this.#low && byte <= this.#high;
    this.#due--;
    this.#low = 0x80;
    this.#high = 0xbf;
  }
}

const PLAIN = 0;
const REFUSED = 4;

/** By first byte of a character: how many continue it, or that none begins so. */
const kinds = new Uint8Array(256).fill(REFUSED);
kinds.fill(PLAIN, 0x20, 0x80);
for (const blank of [0x09, 0x0a, 0x0d]) kinds[blank] = PLAIN;
kinds.fill(1, 0xc2, 0xe0);
kinds.fill(2, 0xe0, 0xf0);
kinds.fill(3, 0xf0, 0xf5);
