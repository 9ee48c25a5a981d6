import { Buffer } from "node:buffer";

/**
 * The beginning of a text that may be of any length, one byte per character: enough to compare it with a short one.
 *
 * Hot: bytes are kept in place and compared there; only `text` makes a string.
 */
export class ShortText {
  readonly #bytes: Buffer;
  /** Bytes of the whole text, those beyond the capacity included. */
  length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Whether all of the text is kept. */
  get whole(): boolean {
    return this.length <= this.#bytes.length;
  }

  clear(): void {
    this.length = 0;
  }

  push(byte: number): void {
    if (this.length < this.#bytes.length) this.#bytes[this.length] = byte;
    this.length++;
  }

  /** Appends `bytes[from, to)`. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const kept = Math.min(to - from, this.#bytes.length - this.length);
    for (let i = 0; i < kept; i++) this.#bytes[this.length + i] = bytes[from + i]!;
    this.length += to - from;
  }

  /** Drops what is behind the first `length` bytes. */
  truncate(length: number): void {
    this.length = length;
  }

  /** Whether the whole text is `text`, which is ASCII and no longer than the capacity. */
  is(text: string): boolean {
    if (this.length !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Hands over the bytes that are kept. */
  copyTo(taker: { append(bytes: Uint8Array, from: number, to: number): void }): void {
    taker.append(this.#bytes, 0, Math.min(this.length, this.#bytes.length));
  }

  /** The bytes that are kept, one char each. */
  text(): string {
    return this.#bytes.toString("latin1", 0, Math.min(this.length, this.#bytes.length));
  }
}
