import type { AnswerCode } from "../../core/answers.ts";
import type { HttpLimits } from "../../plan/types.ts";
import { type BodyStore, type Room, StoredBody } from "./body-store.ts";
import { ChunkedDecoder } from "./chunked.ts";
import type { RequestHead } from "./read-head.ts";

/** `more`: goes on with the next bytes. `pause`: the same, once the body's `onRoom` was called. `done`: it is whole. */
export type Received = "more" | "pause" | "done" | AnswerCode;

/** Who looks at the body while it comes in. */
interface BodyWatcher {
  /** Whether it would rather see a body that begins with `firstByte` when all of it is here. */
  prefersWhole(firstByte: number): boolean;
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** In place of `feed`: the body is whole and in memory. */
  feedWhole(body: StoredBody): void;
}

/** The longest body that a watcher may be shown at its end: judging it takes a millisecond. */
const WHOLE_BYTES_MAX = 256 * 1024;

type ChunkedBodyLimits = Pick<HttpLimits, "chunkLineBytesMax" | "headBytesMax">;

/** Takes a request's body off its connection, by its one framing, into storage. */
export class BodyReceiver {
  readonly body: StoredBody;
  /** Bytes behind the body's end, which belong to the next request. */
  rest: Buffer = empty;
  readonly #bytesMax: number;
  readonly #decoder: ChunkedDecoder | null;
  readonly #watcher: BodyWatcher;
  readonly #store: BodyStore;
  #remaining: number;
  /** The watcher sees the body at its end, if it does not grow too long before. */
  #gathers = false;

  constructor(
    head: RequestHead,
    store: BodyStore,
    limits: ChunkedBodyLimits,
    bytesMax: number,
    watcher: BodyWatcher = nobody,
  ) {
    this.#watcher = watcher;
    this.#store = store;
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
    if (count < bytes.length) this.rest = bytes.subarray(count);
    this.#remaining -= count;
    const room = this.#keep(bytes, 0, count, this.#remaining === 0);
    if (room === "none") return "body_storage";
    if (this.#remaining === 0) return this.#whole();
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
      const room = this.#keep(bytes, from, to, false);
      if (room === "none") refusal = "body_storage";
      pauses ||= room === "pause";
    });
    if (refusal !== "") return refusal;
    if (end < 0) return "malformed_body";
    if (!decoder.done) return pauses ? "pause" : "more";
    if (end < bytes.length) this.rest = bytes.subarray(end);
    return this.#whole();
  }

  /** Keeps `bytes[from, to)` and shows it to the watcher, now or at the body's end; `last` where it is known to end it. */
  #keep(bytes: Buffer, from: number, to: number, last: boolean): Room {
    const { body } = this;
    const first = body.length === 0;
    if (first && from < to) this.#gathers = this.#watcher.prefersWhole(bytes[from]!);
    if (this.#gathers && body.length + to - from > this.#gatheredMax) this.#showGathered();
    if (!this.#gathers) this.#watcher.feed(bytes, from, to);
    if (!first || !last) return body.append(bytes, from, to);
    return body.keepWhole(to - from === bytes.length ? bytes : bytes.subarray(from, to));
  }

  /** What is gathered stays in memory. */
  get #gatheredMax(): number {
    return Math.min(WHOLE_BYTES_MAX, this.#store.settings.memoryBytesMax);
  }

  /** The body grows too long to be shown at its end. */
  #showGathered(): void {
    this.#gathers = false;
    for (const block of this.body.blocks()!) this.#watcher.feed(block, 0, block.length);
  }

  #whole(): "done" {
    if (this.#gathers) this.#watcher.feedWhole(this.body);
    return "done";
  }
}

const empty = Buffer.alloc(0);
const nobody: BodyWatcher = { prefersWhole: () => false, feed: () => {}, feedWhole: () => {} };
