/**
 * Cuts a worker's bytes into interim heads, the head and the body of one response, strictly.
 *
 * Hot: an ordinary response is one call; bytes are only lent to the sink and kept nowhere but in an unfinished head.
 */
import type { HttpLimits } from "../../plan/types.ts";
import { ChunkedDecoder } from "./chunked.ts";
import { headEnd } from "./grammar.ts";
import { HeadBuffer } from "./head-buffer.ts";
import type { HeadPiece } from "./head-piece.ts";
import { parseResponseHead, type ResponseHead, type ResponseHeadContext } from "./read-response-head.ts";

/** Who takes the parts. */
export interface ResponseParts {
  /** An interim response other than 101. */
  interim(head: ResponseHead): void;
  head(head: ResponseHead): void;
  /** A piece of the body. The bytes are only lent. */
  data(bytes: Buffer, from: number, to: number): void;
}

export interface ResponseContext extends ResponseHeadContext {
  readonly limits: HttpLimits;
}

/** `more`: the response goes on. `ended`: it is whole, and nothing came behind it. `overrun`: it is whole, and more came. */
export type ReadState = "more" | "ended" | "overrun" | "malformed";

const phase = { head: 0, length: 1, chunked: 2, close: 3 } as const;

export class ResponseReader {
  readonly #parts: ResponseParts;
  readonly #context: ResponseContext;
  #phase: number = phase.head;
  /** A head that came in pieces. */
  #pieces: HeadBuffer | null = null;
  #remaining = 0;
  #decoder: ChunkedDecoder | null = null;
  #interims = 0;
  /** The worker offered the connection for another request. */
  keepsAlive = false;

  constructor(parts: ResponseParts, context: ResponseContext) {
    this.#parts = parts;
    this.#context = context;
  }

  /** The end of the connection ends the body, too: it is whole and not cut. */
  get endsWithConnection(): boolean {
    return this.#phase === phase.close;
  }

  /** Takes what one read brought. After anything but `more` the reader is used up. */
  read(bytes: Buffer, from: number, to: number): ReadState {
    let at = from;
    while (this.#phase === phase.head) {
      if (at === to) return "more";
      at = this.#readHead(bytes, at, to);
      if (at < 0) return "malformed";
    }
    if (this.#phase === phase.length) return this.#readLength(bytes, at, to);
    if (this.#phase === phase.chunked) return this.#readChunked(bytes, at, to);
    if (at < to) this.#parts.data(bytes, at, to);
    return "more";
  }

  /** Index behind the head, `to` when it is not whole yet, -1 when it is malformed. */
  #readHead(bytes: Buffer, from: number, to: number): number {
    if (this.#pieces !== null) return this.#readPieces(this.#pieces, bytes, from, to);
    const end = headEnd(bytes, from, to);
    if ((end < 0 ? to : end) - from > this.#context.limits.headBytesMax) return -1;
    if (end >= 0) return this.#takeHead({ text: bytes.toString("latin1", from, end), bytes, at: from }) ? end : -1;
    this.#pieces = new HeadBuffer();
    this.#pieces.add(Buffer.from(bytes.subarray(from, to)));
    return to;
  }

  #readPieces(pieces: HeadBuffer, bytes: Buffer, from: number, to: number): number {
    const before = pieces.length;
    pieces.add(Buffer.from(bytes.subarray(from, to)));
    const head = pieces.takeHead(this.#context.limits.headBytesMax);
    if (head === "incomplete") return to;
    this.#pieces = null;
    if (typeof head === "string" || !this.#takeHead(head)) return -1;
    return from + head.text.length - before;
  }

  /** Moves on behind a head; false when it is malformed, or one interim head too many. */
  #takeHead(piece: HeadPiece): boolean {
    const head = parseResponseHead(piece, this.#context);
    if (head === null) return false;
    if (head.status < 200 && head.status !== 101) {
      if (++this.#interims > this.#context.limits.interimResponsesMax) return false;
      this.#parts.interim(head);
      return true;
    }
    this.keepsAlive = head.keepsAlive;
    this.#expectBody(head);
    this.#parts.head(head);
    return true;
  }

  #expectBody(head: ResponseHead): void {
    this.#phase = head.framing === "none" ? phase.length : phase[head.framing];
    this.#remaining = head.framing === "length" ? head.contentLength : 0;
    if (head.framing !== "chunked") return;
    const { chunkLineBytesMax, headBytesMax } = this.#context.limits;
    this.#decoder = new ChunkedDecoder({ lineBytesMax: chunkLineBytesMax, trailerBytesMax: headBytesMax });
  }

  #readLength(bytes: Buffer, from: number, to: number): ReadState {
    const end = Math.min(to, from + this.#remaining);
    if (end > from) {
      this.#remaining -= end - from;
      this.#parts.data(bytes, from, end);
    }
    if (this.#remaining > 0) return "more";
    return end === to ? "ended" : "overrun";
  }

  #readChunked(bytes: Buffer, from: number, to: number): ReadState {
    const decoder = this.#decoder!;
    const next = decoder.read(bytes, from, to, (start, end) => this.#parts.data(bytes, start, end));
    if (next < 0) return "malformed";
    if (!decoder.done) return "more";
    return next === to ? "ended" : "overrun";
  }
}
