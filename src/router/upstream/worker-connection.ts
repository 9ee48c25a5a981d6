/**
 * One TCP connection to a worker: sends one rebuilt request at a time, reads one response strictly, and says whether
 * the connection may carry another.
 *
 * Hot: every connection reads into the same buffer. INVARIANT: `readBuffer` holds bytes only during one read callback;
 * whoever wants to keep some copies them before returning, and nobody looks behind the count that was read.
 */
import { connect, type NetConnectOpts, type Socket } from "node:net";
import type { StoredBody } from "../http1/body-store.ts";
import { type ResponseContext, type ResponseParts, ResponseReader } from "../http1/response-reader.ts";
import { readBuffer } from "../read-into.ts";
import type { IdleConnections, Keepable } from "./idle-connections.ts";
import { type NetworkFault, networkFaultOf } from "./network-fault.ts";

/** How long a worker has to take the last bytes of a tunnel. */
const FINISH_MS = 2_000;

/** What went wrong on the network or in the worker's bytes. `local` is our own lack, of file descriptors for example. */
export type WorkerFault = NetworkFault | "local" | "closed" | "malformed" | "body_unreadable";

/** Who receives a response. Exactly one of `ended` and `failed` is called, once, as the last call. */
export interface ResponseSink extends ResponseParts {
  /** The connection is open and the request's first bytes are on their way. */
  sending(): void;
  /** The request's last byte was handed to the kernel or its queue. */
  sent(): void;
  /** What was written behind the request (a tunnel's bytes) has left the socket's queue. */
  drained(): void;
  /** All that one read brought has been handed over. */
  readDone(): void;
  ended(reusable: boolean): void;
  failed(fault: WorkerFault): void;
}

const phase = { idle: 0, connecting: 1, busy: 2, dead: 3 } as const;

export class WorkerConnection implements Keepable<WorkerConnection> {
  readonly socket: Socket;
  #phase: number = phase.connecting;
  #sink: ResponseSink | null = null;
  #reader: ResponseReader | null = null;
  #requestHead = "";
  #body: StoredBody | null = null;
  /** Body bytes that were handed to the socket. */
  #bodySent = 0;
  #allSent = false;
  #connected = false;

  // Keepable
  keptIn: IdleConnections<WorkerConnection> | null = null;
  idleSinceMs = 0;
  queueBefore: WorkerConnection | null = null;
  queueAfter: WorkerConnection | null = null;

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
    this.#reader = new ResponseReader(sink, context);
    this.#requestHead = requestHead;
    this.#body = body;
    this.#bodySent = 0;
    this.#allSent = false;
    if (!this.#connected) return;
    this.#phase = phase.busy;
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
    this.#phase = phase.busy;
    this.#start();
  }

  #start(): void {
    this.#sink!.sending();
    const body = this.#body;
    if (body === null) this.socket.write(this.#requestHead, "latin1");
    else if (body.text !== "") this.socket.write(this.#requestHead + body.text, "latin1");
    else if (!this.#writeBlocks(body.blocks())) return this.#sendMore();
    this.#sentAll();
  }

  /** Head and blocks in one write to the kernel; only the head, and false, where the body is in a file. */
  #writeBlocks(blocks: readonly Buffer[] | null): boolean {
    this.socket.cork();
    this.socket.write(this.#requestHead, "latin1");
    for (const block of blocks ?? []) this.socket.write(block);
    this.socket.uncork();
    return blocks !== null;
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
    const state = this.#reader!.read(readBuffer, 0, count);
    if (state === "malformed") this.#fail("malformed");
    else if (state !== "more") this.#end(state === "ended");
    else this.#sink?.readDone();
    return true;
  }

  /** The response is whole. `clean` says that no byte came behind it. */
  #end(clean: boolean): void {
    const sink = this.#sink;
    if (sink === null) return;
    const taken = this.#allSent && this.socket.writableLength === 0;
    const reusable = clean && taken && this.#reader!.keepsAlive && !this.socket.destroyed;
    this.#sink = null;
    this.#body = null;
    this.#phase = reusable ? phase.idle : phase.dead;
    if (!reusable) this.socket.destroy();
    sink.ended(reusable);
  }

  #onEnd(): void {
    if (this.#sink === null) this.#dropIdle();
    else if (this.#reader!.endsWithConnection) this.#end(false);
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
    this.keptIn?.remove(this);
  }
}
