/**
 * One TCP connection to a worker: sends one rebuilt request at a time, reads one response strictly, and says whether
 * the connection may carry another.
 *
 * Hot: every connection reads into the same buffer. INVARIANT: `readBuffer` holds bytes only during one read callback;
 * whoever wants to keep some copies them before returning, and nobody looks behind the count that was read.
 */
import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { HttpLimits } from "../../plan/types.ts";
import type { StoredBody } from "../http1/body-store.ts";
import { ChunkedDecoder } from "../http1/chunked.ts";
import { headEnd } from "../http1/grammar.ts";
import { parseResponseHead, type ResponseHead } from "../http1/read-response-head.ts";
import { type NetworkFault, networkFaultOf } from "./network-fault.ts";

const READ_BYTES = 64 * 1024;
/** How long a worker has to take the last bytes of a tunnel. */
const FINISH_MS = 2_000;
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** What went wrong on the network or in the worker's bytes. `local` is our own lack, of file descriptors for example. */
export type WorkerFault = NetworkFault | "local" | "closed" | "malformed" | "body_unreadable";

/** Who receives a response. Exactly one of `ended` and `failed` is called, once, as the last call. */
export interface ResponseSink {
  /** The connection is open and the request's first bytes are on their way. */
  sending(): void;
  /** The request's last byte was handed to the kernel or its queue. */
  sent(): void;
  /** What was written behind the request (a tunnel's bytes) has left the socket's queue. */
  drained(): void;
  /** An interim response other than 101. */
  interim(head: ResponseHead): void;
  head(head: ResponseHead): void;
  /** A piece of the body. The bytes are only lent. */
  data(bytes: Buffer, from: number, to: number): void;
  /** All that one read brought has been handed over. */
  readDone(): void;
  ended(reusable: boolean): void;
  failed(fault: WorkerFault): void;
}

export interface ResponseContext {
  readonly limits: HttpLimits;
  /** The request's method was HEAD. */
  readonly toHead: boolean;
  /** The client came over https. */
  readonly secure: boolean;
}

const phase = { idle: 0, connecting: 1, head: 2, length: 3, chunked: 4, close: 5, dead: 6 } as const;

export class WorkerConnection {
  readonly socket: Socket;
  #phase: number = phase.connecting;
  #sink: ResponseSink | null = null;
  #context: ResponseContext | null = null;
  /** Bytes of a head that came in pieces. */
  #partial: Buffer | null = null;
  #remaining = 0;
  #decoder: ChunkedDecoder | null = null;
  #interims = 0;
  #keepsAlive = false;
  #requestHead = "";
  #body: StoredBody | null = null;
  /** Body bytes that were handed to the socket. */
  #bodySent = 0;
  #allSent = false;
  #connected = false;
  /** Called when an idle connection dies or must. */
  onIdleGone: ((connection: WorkerConnection) => void) | null = null;

  constructor(ip: string, port: number) {
    const options: NetConnectOpts = {
      host: ip,
      port,
      noDelay: true,
      onread: { buffer: readBuffer, callback: (count) => this.#onRead(count) },
    };
    this.socket = connect(options);
    this.socket.on("connect", () => this.#onConnect());
    this.socket.on("end", () => this.#onEnd());
    this.socket.on("error", (error) => this.#fail(networkFaultOf(error) ?? "local"));
    this.socket.on("close", () => this.#fail("closed"));
    this.socket.on("drain", () => this.#onDrain());
  }

  /** Whether the network connection was made. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Sends a request; on a connection that is still being made, as soon as it is. */
  send(requestHead: string, body: StoredBody | null, sink: ResponseSink, context: ResponseContext): void {
    this.#sink = sink;
    this.#context = context;
    this.#requestHead = requestHead;
    this.#body = body;
    this.#bodySent = 0;
    this.#allSent = false;
    this.#interims = 0;
    this.#partial = null;
    if (!this.#connected) return;
    this.#phase = phase.head;
    this.#start();
  }

  /** Stops reading until `resume`: the client does not take what is there. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Ends the connection at once; the sink hears nothing more. */
  destroy(): void {
    this.#sink = null;
    this.#phase = phase.dead;
    this.socket.destroy();
  }

  /** Ends the connection when all that was written has left; the sink hears nothing more. */
  finish(): void {
    this.#sink = null;
    this.#phase = phase.dead;
    this.socket.setTimeout(FINISH_MS, () => this.socket.destroy());
    this.socket.resume();
    this.socket.destroySoon();
  }

  #onConnect(): void {
    this.#connected = true;
    if (this.#phase !== phase.connecting) return;
    this.#phase = phase.head;
    this.#start();
  }

  #start(): void {
    this.#sink!.sending();
    const blocks = this.#body === null ? noBlocks : this.#body.blocks();
    if (blocks === null) {
      this.socket.write(this.#requestHead, "latin1");
      this.#sendMore();
      return;
    }
    if (blocks.length > 0) this.socket.cork();
    this.socket.write(this.#requestHead, "latin1");
    for (const block of blocks) this.socket.write(block);
    if (blocks.length > 0) this.socket.uncork();
    this.#sentAll();
  }

  #sentAll(): void {
    this.#allSent = true;
    this.#requestHead = "";
    this.#sink?.sent();
  }

  #onDrain(): void {
    if (this.#allSent) this.#sink?.drained();
    else this.#sendMore();
  }

  /** Sends the next piece of a body that is in a file, when the socket has room. */
  #sendMore(): void {
    if (this.#allSent || this.#sink === null || this.#body === null || this.socket.writableNeedDrain) return;
    const body = this.#body;
    const sink = this.#sink;
    body.readAt(this.#bodySent, (fault, bytes) => {
      if (this.#sink !== sink) return;
      if (fault !== null) return this.#fail("body_unreadable");
      // What the worker says meanwhile is heard first: a write to one that answered early and closed would lose its answer.
      setImmediate(() => this.#sendPiece(sink, bytes));
    });
  }

  #sendPiece(sink: ResponseSink, bytes: Buffer): void {
    if (this.#sink !== sink) return;
    this.#bodySent += bytes.length;
    this.socket.write(bytes);
    if (this.#bodySent === this.#body!.length) this.#sentAll();
    else this.#sendMore();
  }

  #onRead(count: number): boolean {
    if (this.#sink === null) {
      this.#dropIdle();
      return false;
    }
    this.#consume(readBuffer, 0, count);
    this.#sink?.readDone();
    return true;
  }

  #consume(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (this.#phase === phase.head && at < to) {
      at = this.#readHead(bytes, at, to);
      if (at < 0) return this.#fail("malformed");
    }
    if (this.#sink === null || at > to) return;
    if (this.#phase === phase.length) this.#readLength(bytes, at, to);
    else if (this.#phase === phase.chunked) this.#readChunked(bytes, at, to);
    else if (this.#phase === phase.close && at < to) this.#sink.data(bytes, at, to);
  }

  /** Index behind the head, `to` when it is not whole yet, -1 when it is malformed. */
  #readHead(bytes: Buffer, from: number, to: number): number {
    const limits = this.#context!.limits;
    const had = this.#partial === null ? 0 : this.#partial.length;
    const all = this.#partial === null ? bytes : Buffer.concat([this.#partial, bytes.subarray(from, to)]);
    const start = this.#partial === null ? from : 0;
    const stop = this.#partial === null ? to : all.length;
    const end = headEnd(all, Math.max(start, start + had - 3), stop);
    if ((end < 0 ? stop : end) - start > limits.headBytesMax) return -1;
    if (end < 0) {
      this.#partial = this.#partial === null ? Buffer.from(bytes.subarray(from, to)) : all;
      return to;
    }
    this.#partial = null;
    const { toHead, secure } = this.#context!;
    const head = parseResponseHead(all.toString("latin1", start, end), {
      fieldsMax: limits.headFieldsMax,
      toHead,
      secure,
    });
    return head !== null && this.#takeHead(head) ? end - start + from - had : -1;
  }

  /** Moves on behind a head; false when there were too many interim ones. */
  #takeHead(head: ResponseHead): boolean {
    if (head.status < 200 && head.status !== 101) {
      if (++this.#interims > this.#context!.limits.interimResponsesMax) return false;
      this.#sink!.interim(head);
      return true;
    }
    this.#keepsAlive = head.keepsAlive;
    this.#remaining = head.contentLength;
    this.#phase = head.framing === "none" ? phase.length : phase[head.framing];
    if (head.framing === "none") this.#remaining = 0;
    if (head.framing === "chunked") {
      const limits = this.#context!.limits;
      this.#decoder = new ChunkedDecoder({
        lineBytesMax: limits.chunkLineBytesMax,
        trailerBytesMax: limits.headBytesMax,
      });
    }
    this.#sink!.head(head);
    return true;
  }

  #readLength(bytes: Buffer, from: number, to: number): void {
    const end = Math.min(to, from + this.#remaining);
    if (end > from) {
      this.#remaining -= end - from;
      this.#sink!.data(bytes, from, end);
    }
    if (this.#remaining === 0) this.#end(end === to);
  }

  #readChunked(bytes: Buffer, from: number, to: number): void {
    const next = this.#decoder!.read(bytes, from, to, (start, end) => this.#sink?.data(bytes, start, end));
    if (next < 0) this.#fail("malformed");
    else if (this.#decoder!.done) this.#end(next === to);
  }

  /** The response is whole. `clean` says that no byte came behind it. */
  #end(clean: boolean): void {
    const sink = this.#sink;
    if (sink === null) return;
    const taken = this.#allSent && this.socket.writableLength === 0;
    const reusable = clean && taken && this.#keepsAlive && !this.socket.destroyed;
    this.#sink = null;
    this.#body = null;
    this.#phase = reusable ? phase.idle : phase.dead;
    if (!reusable) this.socket.destroy();
    sink.ended(reusable);
  }

  #onEnd(): void {
    if (this.#sink === null) this.#dropIdle();
    else if (this.#phase === phase.close) this.#end(false);
    else this.#fail("closed");
  }

  #fail(fault: WorkerFault): void {
    const sink = this.#sink;
    if (sink === null) return this.#dropIdle();
    this.destroy();
    sink.failed(fault);
  }

  #dropIdle(): void {
    if (this.#phase === phase.dead) return;
    this.destroy();
    this.onIdleGone?.(this);
  }
}

const noBlocks: readonly Buffer[] = [];
