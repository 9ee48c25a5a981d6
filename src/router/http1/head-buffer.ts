import { headEnd, mayBecomeHead } from "./grammar.ts";
import type { HeadPiece } from "./head-piece.ts";

const FIRST_BYTES = 4 * 1024;

/**
 * Bytes of a client that no request has taken yet.
 *
 * An ordinary request is one piece that is used where it lies, in a buffer that is lent to us until `keep`; pieces that
 * must wait for more are gathered in a buffer that doubles, so that a head sent byte by byte costs no more than its length.
 */
export class HeadBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;
  /** Bytes of the waiting head that were looked at before. */
  #seen = 0;
  /** Whether `#bytes` are somebody else's. */
  #lent = false;

  get length(): number {
    return this.#to - this.#from;
  }

  /** Puts the first `count` of `bytes` behind what is there; they must not change before `keep`. */
  add(bytes: Buffer, count = bytes.length): void {
    if (this.length === 0) {
      this.#set(bytes, 0, count);
      return;
    }
    if (this.#lent || this.#to + count > this.#bytes.length) this.#grow(count);
    bytes.copy(this.#bytes, this.#to, 0, count);
    this.#to += count;
  }

  /** Copies what is lent to us and still waits: its owner takes it back. */
  keep(): void {
    if (this.#lent && this.length > 0) this.#grow(0);
  }

  /** The head at the front, lent until the next call; or why there is none. */
  takeHead(bytesMax: number): HeadPiece | "incomplete" | "too_large" | "malformed" {
    const end = headEnd(this.#bytes, Math.max(this.#from, this.#from + this.#seen - 3), this.#to);
    if ((end < 0 ? this.#to : end) - this.#from > bytesMax) {
      // The same answer however the bytes were cut: what is wrong within the limit counts first.
      return this.#mayGoOn(this.#from + bytesMax) ? "too_large" : "malformed";
    }
    if (end < 0) {
      const wellFormed = this.#mayGoOn(this.#to);
      // A CR at the end of what was seen waits for its LF: it is looked at again.
      this.#seen = Math.max(0, this.length - 1);
      return wellFormed ? "incomplete" : "malformed";
    }
    const head = { text: this.#bytes.toString("latin1", this.#from, end), bytes: this.#bytes, at: this.#from };
    this.#from = end;
    this.#seen = 0;
    return head;
  }

  #mayGoOn(to: number): boolean {
    return mayBecomeHead(this.#bytes, this.#from + this.#seen, to);
  }

  /** All that is left; lent as long as the pieces were. */
  takeAll(): Buffer {
    const all = this.#bytes.subarray(this.#from, this.#to);
    this.clear();
    return all;
  }

  /** Puts back what was taken too much: the bytes behind a body. The buffer must be empty. */
  giveBack(rest: Buffer): void {
    if (rest.length > 0) this.#set(rest, 0, rest.length);
  }

  clear(): void {
    this.#set(empty, 0, 0);
  }

  #set(bytes: Buffer, from: number, to: number): void {
    this.#lent = true;
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#seen = 0;
  }

  #grow(more: number): void {
    const length = this.length;
    const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * (length + more)));
    this.#bytes.copy(grown, 0, this.#from, this.#to);
    this.#lent = false;
    this.#bytes = grown;
    this.#from = 0;
    this.#to = length;
  }
}

const empty = Buffer.alloc(0);
