import type { AnswerCode } from "../../core/answers.ts";
import type { HttpLimits } from "../../plan/types.ts";
import { type BodyStore, StoredBody } from "./body-store.ts";
import { ChunkedDecoder } from "./chunked.ts";
import type { RequestHead } from "./read-head.ts";

/** `more`: goes on with the next bytes. `pause`: the same, once the body's `onRoom` was called. `done`: it is whole. */
export type Received = "more" | "pause" | "done" | AnswerCode;

/** Who looks at the body while it comes in. */
interface BodyWatcher {
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** In place of `feed`, where the whole body comes at once: the same bytes, and as latin-1. */
  feedWhole(bytes: Uint8Array, text: string): void;
}

type ChunkedBodyLimits = Pick<HttpLimits, "chunkLineBytesMax" | "headBytesMax">;

/** Takes a request's body off its connection, by its one framing, into storage. */
export class BodyReceiver {
  readonly body: StoredBody;
  /** Bytes behind the body's end, which belong to the next request. */
  rest: Buffer = empty;
  readonly #bytesMax: number;
  readonly #decoder: ChunkedDecoder | null;
  readonly #watcher: BodyWatcher;
  #remaining: number;

  constructor(
    head: RequestHead,
    store: BodyStore,
    limits: ChunkedBodyLimits,
    bytesMax: number,
    watcher: BodyWatcher = nobody,
  ) {
    this.#watcher = watcher;
    this.body = new StoredBody(store);
    this.#bytesMax = bytesMax;
    this.#remaining = head.contentLength;
    this.#decoder =
      head.framing === "chunked"
        ? new ChunkedDecoder({ lineBytesMax: limits.chunkLineBytesMax, trailerBytesMax: limits.headBytesMax })
        : null;
  }

  /** Takes bytes that are lent until this returns; `rest` is a part of them. */
  take(bytes: Buffer): Received {
    return this.#decoder === null ? this.#takeLength(bytes) : this.#takeChunks(bytes, this.#decoder);
  }

  #takeLength(bytes: Buffer): Received {
    const count = Math.min(bytes.length, this.#remaining);
    const piece = count === bytes.length ? bytes : bytes.subarray(0, count);
    if (count < bytes.length) this.rest = bytes.subarray(count);
    const whole = count === this.#remaining && this.body.length === 0;
    this.#remaining -= count;
    const room = whole ? this.body.keepWhole(piece) : this.body.append(piece);
    if (room === "none") return "body_storage";
    if (whole) this.#watcher.feedWhole(piece, this.body.text || piece.toString("latin1"));
    else this.#watcher.feed(piece, 0, count);
    if (this.#remaining === 0) return "done";
    return room === "pause" ? "pause" : "more";
  }

  #takeChunks(bytes: Buffer, decoder: ChunkedDecoder): Received {
    let refusal: AnswerCode | "" = "";
    let pauses = false;
    const end = decoder.read(bytes, 0, bytes.length, (from, to) => {
      if (refusal !== "") return;
      if (this.body.length + to - from > this.#bytesMax) {
        refusal = "body_too_large";
        return;
      }
      this.#watcher.feed(bytes, from, to);
      const room = this.body.append(bytes, from, to);
      if (room === "none") refusal = "body_storage";
      pauses ||= room === "pause";
    });
    if (refusal !== "") return refusal;
    if (end < 0) return "malformed_body";
    if (!decoder.done) return pauses ? "pause" : "more";
    if (end < bytes.length) this.rest = bytes.subarray(end);
    return "done";
  }
}

const empty = Buffer.alloc(0);
const nobody: BodyWatcher = { feed: () => {}, feedWhole: () => {} };
