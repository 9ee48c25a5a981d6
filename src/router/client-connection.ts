/**
 * One client's TCP connection: cuts its bytes into requests, one at a time and in order, writes what comes back, and
 * holds the client to its time limits.
 *
 * Hot: an ordinary request is one `data` event in and one write out.
 */
import type { Socket } from "node:net";
import type { AnswerCode } from "../core/answers.ts";
import { clientAddress } from "../policy/client.ts";
import { type ClientFacts, Exchange } from "./exchange.ts";
import { HeadBuffer } from "./http1/head-buffer.ts";
import { OutQueue, type ResponseBounds } from "./http1/out-queue.ts";
import { BodyReceiver } from "./http1/receive-body.ts";
import type { LinkedListener } from "./link.ts";
import { advance, guarded, resume, settle } from "./pipeline.ts";
import type { EdgeServices } from "./services.ts";
import type { Tunnel } from "./tunnel.ts";

/** Pipelined bytes that may wait while a request is served; then the client is not read any more. */
const PIPELINED_BYTES_MAX = 64 * 1024;
/** How long a connection that was answered early still takes bytes, so that a reset does not destroy the answer. */
const LINGER_MS = 2_000;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** A tunnel's bytes are not kept for a slow client: its worker waits. */
const nothingKept: ResponseBounds = { responseBytesMax: 0, responseBudgetBytes: 0 };

type Phase = "idle" | "head" | "body" | "busy" | "tunnel" | "closing";

export class ClientConnection implements ClientFacts {
  readonly socket: Socket;
  readonly services: EdgeServices;
  readonly via: LinkedListener;
  readonly peerAddress: string;
  readonly peerTrusted: boolean;
  /** When the sweep acts; what it does depends on the phase. */
  deadlineMs: number;
  /** When a client that takes nothing is cut; Infinity while nothing waits to be taken. */
  stallMs = Number.POSITIVE_INFINITY;
  tunnel: Tunnel | null = null;
  readonly #onGone: (connection: ClientConnection) => void;
  readonly #input = new HeadBuffer();
  readonly #out: OutQueue;
  #phase: Phase = "idle";
  #exchange: Exchange | null = null;
  #receiver: BodyReceiver | null = null;
  /** The client sent FIN: what it asked for is still answered, nothing more is read. */
  #halfClosed = false;
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
    this.#out = new OutQueue(socket, services.responses);
    const peer = socket.remoteAddress ?? "";
    this.peerAddress = clientAddress(peer, null, null);
    this.peerTrusted = services.plan.trustedProxies?.has(peer) ?? false;
    this.deadlineMs = services.clock.nowMs() + services.plan.http.headTimeoutMs;
    socket.on("data", (bytes) => this.#onData(bytes));
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

  #onData(bytes: Buffer): void {
    try {
      this.#take(bytes);
    } catch (cause) {
      this.#fault(cause);
    }
  }

  #take(bytes: Buffer): void {
    if (this.#phase === "body") return this.#feedBody(bytes);
    if (this.#phase === "tunnel") return this.tunnel!.fromClient(bytes);
    if (this.#phase === "closing") return;
    this.#input.add(bytes);
    if (this.#phase !== "busy") return this.#process();
    if (this.#input.length > PIPELINED_BYTES_MAX) this.socket.pause();
  }

  /** Serves what is in the input, request by request, until one waits or the rest is no whole head. */
  #process(): void {
    if (this.#processing) return;
    this.#processing = true;
    while (
      this.#exchange === null &&
      this.#phase !== "closing" &&
      this.#input.length > 0 &&
      this.#out.empty &&
      !this.socket.writableNeedDrain
    ) {
      if (!this.#readHead()) break;
    }
    this.#processing = false;
    if (this.#exchange === null && this.#halfClosed && this.#phase !== "closing") this.#finishWriting();
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
    const text = head === "too_large" || head === "malformed" ? "" : head.text;
    const x = new Exchange(this.services, this.via, this, this, text, this.#startMs);
    this.#exchange = x;
    this.#phase = "busy";
    this.deadlineMs = Number.POSITIVE_INFINITY;
    if (head === "too_large") settle(x, "head_too_large");
    else if (head === "malformed") settle(x, "malformed_request");
    else advance(x);
    return true;
  }

  /** Takes the body behind the head into `x.body`: at once, or `wait`, or why not. For the body step. */
  receiveBody(x: Exchange, bytesMax: number, timeoutMs: number): "next" | "wait" | AnswerCode {
    const receiver = new BodyReceiver(x.head, this.services.bodies, this.services.plan.http, bytesMax);
    x.body = receiver.body;
    const early = this.#input.length > 0 ? receiver.take(this.#input.takeAll()) : "more";
    if (early === "done") return this.#bodyDone(x, receiver);
    if (early !== "more" && early !== "pause") return early;
    if (early === "pause") this.#pauseForDisk(x, receiver);
    this.#receiver = receiver;
    this.#phase = "body";
    this.deadlineMs = this.services.clock.nowMs() + timeoutMs;
    if (x.head.expectsContinue && receiver.body.length === 0) this.socket.write(CONTINUE, "latin1");
    return this.#halfClosed ? "client_gone" : "wait";
  }

  #feedBody(bytes: Buffer): void {
    const x = this.#exchange!;
    guarded(x, () => {
      const state = this.#receiver!.take(bytes);
      x.bytesIn = this.#receiver!.body.length;
      if (state === "more") return;
      if (state === "pause") return this.#pauseForDisk(x, this.#receiver!);
      if (state !== "done") return settle(x, state);
      const verdict = this.#bodyDone(x, this.#receiver!);
      if (verdict === "next") resume(x);
      else if (verdict !== "wait") settle(x, verdict);
    });
  }

  #pauseForDisk(x: Exchange, receiver: BodyReceiver): void {
    this.socket.pause();
    receiver.body.onRoom = (fault) => {
      if (x.finished) return;
      if (fault !== null) guarded(x, () => settle(x, "body_storage"));
      else this.socket.resume();
    };
  }

  /** The last byte of the body is here: waits for the disk where it must. */
  #bodyDone(x: Exchange, receiver: BodyReceiver): "next" | "wait" | AnswerCode {
    this.#input.giveBack(receiver.rest);
    this.#receiver = null;
    this.#phase = "busy";
    this.deadlineMs = Number.POSITIVE_INFINITY;
    x.bodyRead = true;
    x.bytesIn = receiver.body.length;
    let verdict: "next" | "wait" | AnswerCode = "wait";
    let returned = false;
    receiver.body.complete((fault) => {
      verdict = fault === null ? "next" : "body_storage";
      if (!returned || x.finished) return;
      guarded(x, () => (fault === null ? resume(x) : settle(x, "body_storage")));
    });
    returned = true;
    return verdict;
  }

  #onEnd(): void {
    this.#halfClosed = true;
    if (this.#phase === "tunnel") this.tunnel!.clientEnded();
    else if (this.#phase === "body") settle(this.#exchange!, "client_gone");
    else if (this.#phase === "closing" && this.socket.writableFinished) this.destroy();
    else if (this.#exchange === null) this.#finishWriting();
  }

  #onClose(): void {
    this.#onGone(this);
    this.#out.clear();
    this.tunnel?.clientGone();
    if (this.#exchange !== null) settle(this.#exchange, "client_gone");
  }

  // ---- writing

  /** Sends a whole answer of the edge's own. */
  sendAnswer(text: string): void {
    this.write(text);
  }

  /** Writes response bytes; false when the writer should wait until its relay or tunnel is told that the client drained. */
  write(bytes: Buffer | string): boolean {
    const room = this.#out.write(bytes, this.#bounds);
    if (this.socket.writableNeedDrain && this.stallMs === Number.POSITIVE_INFINITY) this.#startStallClock();
    return room;
  }

  get #bounds(): ResponseBounds {
    return this.tunnel === null ? this.services.plan.http : nothingKept;
  }

  #startStallClock(): void {
    this.stallMs = this.services.clock.nowMs() + this.services.plan.http.writeTimeoutMs;
  }

  #onDrain(): void {
    this.stallMs = Number.POSITIVE_INFINITY;
    const flushed = this.#out.flush();
    if (this.socket.writableNeedDrain) this.#startStallClock();
    if (this.#phase === "closing") {
      if (flushed) this.#end();
    } else if (this.#exchange === null) {
      if (flushed) this.#process();
    } else if (this.#out.hasRoom(this.#bounds)) this.#tellDrained(this.#exchange);
  }

  #tellDrained(x: Exchange): void {
    if (this.tunnel !== null) this.tunnel.clientDrained();
    else if (x.relay !== null) x.relay.clientDrained();
  }

  /** The exchange is over, its response written: the connection goes on, or ends. */
  exchangeDone(x: Exchange): void {
    if (this.#exchange !== x) return;
    this.#exchange = null;
    this.#receiver = null;
    this.tunnel = null;
    if (this.#phase === "closing" || this.socket.destroyed) return;
    if (x.tunnel) return this.#endTunnel();
    if (x.closes || this.services.draining) return this.#finishWriting();
    this.#phase = "idle";
    this.deadlineMs = this.services.clock.nowMs() + this.services.plan.http.idleTimeoutMs;
    if (this.socket.isPaused()) this.socket.resume();
    if (this.#input.length > 0 || this.#halfClosed) this.#process();
  }

  /** From a 101 onwards all bytes belong to the tunnel. */
  becomeTunnel(tunnel: Tunnel): void {
    this.tunnel = tunnel;
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

  /** FIN after what is written; what the client still sends is thrown away for a moment. */
  #finishWriting(): void {
    if (this.#phase === "closing") return;
    this.#phase = "closing";
    this.#input.clear();
    this.deadlineMs = Number.POSITIVE_INFINITY;
    if (this.stallMs === Number.POSITIVE_INFINITY) this.#startStallClock();
    this.socket.resume();
    if (this.#out.empty) this.#end();
  }

  #end(): void {
    this.socket.end(() => {
      this.stallMs = Number.POSITIVE_INFINITY;
      this.deadlineMs = this.services.clock.nowMs() + LINGER_MS;
      if (this.#halfClosed) this.destroy();
    });
  }

  /** Ends a connection that carries nothing. */
  closeIdle(): void {
    if (!this.busy && this.#phase === "idle") this.#finishWriting();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** RST rather than FIN: what was sent is no complete answer, and the client must see that. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  // ---- time

  /** Acts on what is overdue. Called by the edge's one timer. */
  sweep(nowMs: number): void {
    if (nowMs >= this.stallMs) this.#stalled();
    else if (nowMs >= this.deadlineMs) this.#overdue();
  }

  #stalled(): void {
    this.services.metrics.increment("client_timeouts_total", 1, "write");
    this.stallMs = Number.POSITIVE_INFINITY;
    if (this.#exchange !== null) settle(this.#exchange, "client_stalled");
    this.reset();
  }

  #overdue(): void {
    this.deadlineMs = Number.POSITIVE_INFINITY;
    const { metrics } = this.services;
    switch (this.#phase) {
      case "idle":
        metrics.increment("client_timeouts_total", 1, "idle");
        return this.#finishWriting();
      case "head":
        metrics.increment("client_timeouts_total", 1, "head");
        return this.#refuseLateHead();
      case "body":
        metrics.increment("client_timeouts_total", 1, "body");
        return settle(this.#exchange!, "body_timeout");
      case "busy":
        return this.#exchange?.relay?.overdue();
      default:
        return this.destroy();
    }
  }

  #refuseLateHead(): void {
    const x = new Exchange(this.services, this.via, this, this, "", this.#startMs);
    this.#exchange = x;
    this.#phase = "busy";
    settle(x, "head_timeout");
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
