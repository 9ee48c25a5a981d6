/**
 * Incremental decoder of the chunked coding (RFC 9112 section 7.1), strict: CRLF only, bare hexadecimal sizes without
 * a sign or white space, extensions of visible characters up to the line's limit, trailers checked and dropped.
 *
 * Hot for chunked bodies: walks framing bytes one by one and jumps over data.
 */
import { isToken } from "../../core/token.ts";
import { CR, LF, SP, TAB } from "./grammar.ts";

const state = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailerStart: 6,
  trailerName: 7,
  trailerValue: 8,
  trailerLf: 9,
  endLf: 10,
  done: 11,
} as const;

const SEMICOLON = 59;
const COLON = 58;
const DEL = 127;
/** Fifteen hexadecimal digits would overflow a double's exact range; thirteen hold 4 PiB. */
const SIZE_DIGITS_MAX = 13;

export interface ChunkedLimits {
  /** Bytes of one chunk-size line, extensions included. */
  readonly lineBytesMax: number;
  /** Bytes of all trailers together. */
  readonly trailerBytesMax: number;
}

export class ChunkedDecoder {
  readonly #limits: ChunkedLimits;
  #state: number = state.size;
  #size = 0;
  #digits = 0;
  #lineBytes = 0;
  #trailerBytes = 0;

  constructor(limits: ChunkedLimits) {
    this.#limits = limits;
  }

  get done(): boolean {
    return this.#state === state.done;
  }

  /**
   * Reads from `bytes[start, end)`, handing each piece of data to `onData(from, to)`.
   *
   * Returns the index behind what was consumed (less than `end` only when the body ended there), or -1 for a body that
   * breaks the grammar or a limit; after -1 the decoder must not be used again.
   */
  read(bytes: Uint8Array, start: number, end: number, onData: (from: number, to: number) => void): number {
    let i = start;
    while (i < end && this.#state !== state.done) {
      if (this.#state === state.data) {
        const to = Math.min(end, i + this.#size);
        onData(i, to);
        this.#size -= to - i;
        i = to;
        if (this.#size === 0) this.#state = state.dataCr;
      } else if (!this.#step(bytes[i++]!)) return -1;
    }
    return i;
  }

  /** Takes one byte of framing; false where it is not allowed. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case state.size:
        return this.#sizeByte(byte);
      case state.extension:
        if (byte === CR) return this.#to(state.sizeLf);
        return ((byte >= SP && byte !== DEL) || byte === TAB) && ++this.#lineBytes <= this.#limits.lineBytesMax;
      case state.sizeLf:
        if (byte !== LF) return false;
        this.#digits = 0;
        this.#lineBytes = 0;
        return this.#to(this.#size === 0 ? state.trailerStart : state.data);
      case state.dataCr:
        return byte === CR && this.#to(state.dataLf);
      case state.dataLf:
        return byte === LF && this.#to(state.size);
      case state.endLf:
        return byte === LF && this.#to(state.done);
      default:
        return this.#trailerByte(byte);
    }
  }

  #sizeByte(byte: number): boolean {
    const digit = hexDigit(byte);
    this.#lineBytes++;
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      return ++this.#digits <= SIZE_DIGITS_MAX;
    }
    if (this.#digits === 0) return false;
    if (byte === CR) return this.#to(state.sizeLf);
    return byte === SEMICOLON && this.#to(state.extension);
  }

  #trailerByte(byte: number): boolean {
    if (++this.#trailerBytes > this.#limits.trailerBytesMax) return false;
    switch (this.#state) {
      case state.trailerStart:
        if (byte === CR) return this.#to(state.endLf);
        return isToken[byte] === 1 && this.#to(state.trailerName);
      case state.trailerName:
        return byte === COLON ? this.#to(state.trailerValue) : isToken[byte] === 1;
      case state.trailerValue:
        if (byte === CR) return this.#to(state.trailerLf);
        return (byte >= SP && byte !== DEL) || byte === TAB;
      default:
        return byte === LF && this.#to(state.trailerStart);
    }
  }

  #to(next: number): true {
    this.#state = next;
    return true;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
