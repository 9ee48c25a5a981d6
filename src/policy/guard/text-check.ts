import { Buffer, isUtf8 } from "node:buffer";

/**
 * Where bytes stop being text: valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF) without
 * a NUL. Fed at any split.
 *
 * Hot at doors: whole characters are checked natively; byte by byte goes only what a split leaves, and what is refused.
 */
export class TextCheck {
  /** Continuation bytes that are still due, and the range that the next must be in. */
  #due = 0;
  #low = 0x80;
  #high = 0xbf;

  /** Takes `bytes[from, to)` and says where the first byte is that belongs to no text; `to` when there is none. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let i = from;
    while (i < to && this.#due > 0) if (!this.#take(bytes[i++]!)) return i - 1;
    const tail = lastCharacter(bytes, i, to);
    if (isText(bytes, i, tail)) i = tail;
    while (i < to) if (!this.#take(bytes[i++]!)) return i - 1;
    return to;
  }

  #take(byte: number): boolean {
    if (this.#due === 0) return this.#start(byte);
    const valid = byte >= this.#low && byte <= this.#high;
    this.#due--;
    this.#low = 0x80;
    this.#high = 0xbf;
    return valid;
  }

  #start(byte: number): boolean {
    this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    if (byte < 0x80) return byte !== 0;
    this.#due = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    return byte >= 0xc2 && byte <= 0xf4;
  }
}

/** Where the last character begins that `to` may cut, or `to`. */
function lastCharacter(bytes: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i >= from && i > to - 4; i--) if (bytes[i]! >= 0xc0) return i;
  return to;
}

function isText(bytes: Uint8Array, from: number, to: number): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  return isUtf8(view) && !view.includes(0);
}
