/**
 * One client's TCP connection: cuts its bytes into requests, one at a time and in order, writes what comes back, and
 * holds the client to its time limits.
 *
 * Hot: an ordinary request is one `data` event in and one write out.
 */
import type { Socket } from "node:net";
import type { AnswerCode } from "../core/answers.ts";
import { BodyIntake } from "./body-intake.ts";
import { ClientWriter } from "./client-writer.ts";
import { Exchange } from "./exchange.ts";
import { HeadBuffer } from "./http1/head-buffer.ts";
import { type HeadPiece, noHead } from "./http1/head-piece.ts";
import { LingeringClose } from "./lingering-close.ts";
import type { LinkedListener } from "./link.ts";
import { Peer } from "./peer.ts";
import { advance, settle } from "./pipeline.ts";
import { readInto } from "./read-into.ts";
import type { EdgeServices } from "./services.ts";
import type { Tunnel } from "./tunnel.ts";

/** Pipelined bytes that may wait while a request is served; then the client is not read any more. */
const PIPELINED_BYTES_MAX = 64 * 1024;

type Phase = "idle" | "head" | "body" | "busy" | "tunnel" | "closing";

export class ClientConnection {
  readonly socket: Socket;
  readonly services: EdgeServices;
  readonly via: LinkedListener;
  /** When the sweep acts; what it does depends on the phase. */
  deadlineMs: number;
  tunnel: Tunnel | null = null;
  readonly #peer: Peer;
  readonly #onGone: (connection: ClientConnection) => void;
  readonly #input = new HeadBuffer();
  readonly #writer: ClientWriter;
  #phase: Phase = "idle";
  #exchange: Exchange | null = null;
  #intake: BodyIntake | null = null;
  #closing: LingeringClose | null = null;
  /** The client sent FIN: what it asked for is still answered, nothing more is read. */
  #halfClosed = false;
  /** The client sent a request before it had the answer to the one before. */
  #pipelines = false;
  #processing = false;
  #startMs = 0;

  constructor(
    socket: Socket,
    services: EdgeServices,
    via: LinkedListener,
    onGone: (connection: ClientConnection) => void,
  ) {
    this.socket = socket;
    this.services = services;
    this.via = via;
    this.#onGone = onGone;
    this.#writer = new ClientWriter(socket, services);
    this.#peer = new Peer(socket.remoteAddress ?? "", services.mode);
    this.deadlineMs = services.clock.nowMs() + services.plan.http.headTimeoutMs;
    readInto(socket, (bytes, count) => this.#onData(bytes, count));
    socket.on("end", () => this.#caught(() => this.#onEnd()));
    socket.on("drain", () => this.#caught(() => this.#onDrain()));
    socket.on("error", () => {}); // `close` follows
    socket.on("close", () => this.#caught(() => this.#onClose()));
  }

  /** Whether a request or tunnel is being served. */
  get busy(): boolean {
    return this.#exchange !== null || this.tunnel !== null;
  }

  /** The last line of defence: a fault outside of any step ends this connection and nothing else. */
  #caught(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#fault(cause);
    }
  }

  #fault(cause: unknown): void {
    this.services.reporter.fault("-", cause);
    this.destroy();
  }

  // ---- reading

  /** Takes what one read brought, the first `count` of `bytes`; they are the next read's when this returns. */
  #onData(bytes: Buffer, count: number): void {
    try {
      this.#take(bytes, count);
      this.#input.keep();
    } catch (cause) {
      this.#fault(cause);
    }
  }

  #take(bytes: Buffer, count: number): void {
    if (this.#phase === "body") return this.#intake!.feed(bytes.subarray(0, count));
    if (this.#phase === "tunnel") return this.tunnel!.fromClient(bytes.subarray(0, count));
    if (this.#phase === "closing") return this.#closing!.fromClient();
    this.#input.add(bytes, count);
    if (this.#phase !== "busy") return this.#process();
    if (this.#input.length > PIPELINED_BYTES_MAX) this.socket.pause();
  }

  /** Serves what is in the input, request by request, until one waits or the rest is no whole head. */
  #process(): void {
    if (this.#processing) return;
    this.#processing = true;
    while (this.#exchange === null && this.#phase !== "closing" && this.#input.length > 0 && this.#writer.idle) {
      if (!this.#readHead()) break;
    }
    this.#processing = false;
    if (this.#exchange === null && this.#halfClosed && this.#writer.idle) this.#finishWriting();
  }

  /** Starts the next exchange; false when its head is not whole yet. */
  #readHead(): boolean {
    const now = this.services.clock.nowMs();
    const http = this.services.plan.http;
    if (this.#phase === "idle") {
      this.#phase = "head";
      this.#startMs = now;
      this.deadlineMs = now + http.headTimeoutMs;
    }
    const head = this.#input.takeHead(http.headBytesMax);
    if (head === "incomplete") return false;
    const x = this.#begin(typeof head === "string" ? noHead : head);
    if (head === "too_large") settle(x, "head_too_large");
    else if (head === "malformed") settle(x, "malformed_request");
    else advance(x);
    return true;
  }

  /** The next exchange of this connection. */
  #begin(head: HeadPiece): Exchange {
    this.#peer.judgeBy(this.services.plan);
    this.#exchange = new Exchange(this.services, this.via, this.#peer, this, head, this.#startMs);
    this.#phase = "busy";
    this.deadlineMs = Number.POSITIVE_INFINITY;
    return this.#exchange;
  }

  /** Takes the body behind the head into `x.body`: at once, or `wait`, or why not. For the body step. */
  receiveBody(x: Exchange, bytesMax: number, timeoutMs: number): "next" | "wait" | AnswerCode {
    this.#phase = "body";
    this.deadlineMs = this.services.clock.nowMs() + timeoutMs;
    this.#intake = new BodyIntake(x, this.socket, this.#input, bytesMax, () => this.#bodyWhole());
    const verdict = this.#intake.begin();
    return verdict === "wait" && this.#halfClosed && !x.bodyRead ? "client_gone" : verdict;
  }

  /** Throws the body away that is already here whole, behind a head that is refused; false when it is not. */
  dropBody({ head }: Exchange): boolean {
    if (this.#phase !== "busy" || head.framing !== "length" || this.#input.length < head.contentLength) return false;
    this.#input.giveBack(this.#input.takeAll().subarray(head.contentLength));
    return true;
  }

  #bodyWhole(): void {
    this.#intake = null;
    this.#phase = "busy";
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  #onEnd(): void {
    this.#halfClosed = true;
    if (this.#phase === "tunnel") this.tunnel!.clientEnded();
    else if (this.#phase === "body") settle(this.#exchange!, "client_gone");
    else if (this.#phase === "closing") this.#closing!.clientEnded();
    else if (this.#exchange === null) this.#process();
  }

  #onClose(): void {
    this.#onGone(this);
    this.#writer.clear();
    this.tunnel?.clientGone();
    if (this.#exchange !== null) settle(this.#exchange, "client_gone");
  }

  // ---- writing

  /** Writes response bytes; false when the writer should wait until its relay or tunnel is told that the client drained. */
  write(bytes: Buffer | string): boolean {
    return this.#writer.write(bytes);
  }

  #onDrain(): void {
    const flushed = this.#writer.flush();
    const x = this.#exchange;
    if (this.#phase === "closing") {
      if (flushed) this.#closing!.allWritten();
    } else if (x === null) {
      if (flushed) this.#process();
    } else if (this.#writer.hasRoom) {
      if (this.tunnel !== null) this.tunnel.clientDrained();
      else x.relay?.clientDrained();
    }
  }

  /** The exchange is over, its response written: the connection goes on, or ends. */
  exchangeDone(x: Exchange): void {
    if (this.#exchange !== x) return;
    this.#exchange = null;
    this.#intake = null;
    this.tunnel = null;
    if (this.#phase === "closing" || this.socket.destroyed) return;
    if (x.tunnel) return this.#endTunnel();
    if (x.closes || this.services.draining) return this.#finishWriting();
    this.#phase = "idle";
    this.deadlineMs = x.startMs + x.totalMs + this.services.plan.http.idleTimeoutMs;
    if (this.socket.isPaused()) this.socket.resume();
    this.#pipelines ||= this.#input.length > 0;
    if (this.#input.length > 0 || this.#halfClosed) this.#process();
  }

  /** From a 101 onwards all bytes belong to the tunnel. */
  becomeTunnel(tunnel: Tunnel): void {
    this.tunnel = tunnel;
    this.#writer.tunnels = true;
    this.#phase = "tunnel";
    this.deadlineMs = Number.POSITIVE_INFINITY;
    if (this.#input.length > 0) tunnel.fromClient(this.#input.takeAll());
    if (this.#halfClosed) tunnel.clientEnded();
  }

  // ---- ending

  /** Both sides of a tunnel end together: as soon as what is written has left, as if the client had ended, too. */
  #endTunnel(): void {
    this.#halfClosed = true;
    this.#finishWriting();
  }

  /** Serves nothing more: see `LingeringClose`. */
  #finishWriting(): void {
    if (this.#phase === "closing") return;
    this.#phase = "closing";
    this.#input.clear();
    this.#closing = new LingeringClose(this, this.#writer);
    if (this.#halfClosed) this.#closing.clientEnded();
  }

  /** Ends a connection that carries nothing. */
  closeIdle(): void {
    if (!this.busy && this.#phase === "idle") this.#finishWriting();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /**
   * RST rather than FIN: what was sent is no complete answer, and the client must see that. Where requests were
   * pipelined an RST would destroy whole answers that are still on their way; their framing shows the cut as well.
   */
  reset(): void {
    if (this.#pipelines) this.socket.destroySoon();
    else this.socket.resetAndDestroy();
  }

  // ---- time

  /** Acts on what is overdue, and says whether something was. Called by the edge's one timer. */
  sweep(nowMs: number): boolean {
    if (this.#writer.stalled(nowMs)) this.#caught(() => this.#stalled());
    else if (nowMs >= this.deadlineMs) this.#caught(() => this.#overdue());
    else return false;
    return true;
  }

  #stalled(): void {
    if (this.#exchange !== null) settle(this.#exchange, "client_stalled");
    this.socket.resetAndDestroy();
  }

  #overdue(): void {
    this.deadlineMs = Number.POSITIVE_INFINITY;
    const phase = this.#phase;
    if (phase === "busy") return this.#exchange?.relay?.overdue();
    if (phase === "tunnel" || phase === "closing") return this.destroy();
    this.services.metrics.increment("client_timeouts_total", 1, phase);
    if (phase === "idle") this.#finishWriting();
    else if (phase === "head") settle(this.#begin(noHead), "head_timeout");
    else settle(this.#exchange!, "body_timeout");
  }

  /** Cuts whatever runs: the drain deadline is over. True when something was cut. */
  cut(): boolean {
    const cutting = this.busy;
    if (this.tunnel !== null) this.tunnel.cut();
    else if (this.#exchange !== null) settle(this.#exchange, "drained");
    this.destroy();
    return cutting;
  }
}
