/**
 * An open WebSocket: bytes pass both ways unread, with back-pressure; both sides end together.
 *
 * Only the frame boundaries of what the worker sends are followed, so that a close frame of the edge's own can go
 * between two frames and not into one (RFC 6455 section 5.5.1).
 */
import type { ClientConnection } from "./client-connection.ts";
import type { Exchange } from "./exchange.ts";
import { FrameBoundary } from "./frame-boundary.ts";
import { guarded, resume } from "./pipeline.ts";
import type { WorkerConnection } from "./upstream/worker-connection.ts";

/** Who or what ended a tunnel; values of the metric's label. */
export type TunnelEnd = "client" | "worker" | "idle" | "plan" | "drain" | "fault";

/** Frame: FIN and opcode 8, length 2, status 1001 "going away" (RFC 6455 section 7.4.1). */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
/** How long the peers have to finish the closing handshake. */
const CLOSE_MS = 2_000;

export class Tunnel {
  readonly x: Exchange;
  readonly #client: ClientConnection;
  readonly #worker: WorkerConnection;
  readonly #boundary = new FrameBoundary();
  /** When silence in both directions ends it. */
  #idleMs = 0;
  /** When a worker that takes nothing is given up; Infinity while nothing waits for it. */
  #stallMs = Number.POSITIVE_INFINITY;
  /** When it ends whatever happens; Infinity while nobody asked. */
  #endMs = Number.POSITIVE_INFINITY;
  #endReason: TunnelEnd = "idle";
  #closing = false;
  #over = false;

  constructor(x: Exchange, worker: WorkerConnection) {
    this.x = x;
    this.#client = x.connection!;
    this.#worker = worker;
    this.#touch();
  }

  /** Passes on what the client sent; `bytes` may change afterwards. */
  fromClient(bytes: Buffer): void {
    if (this.#over) return;
    this.#touch();
    this.x.bytesIn += bytes.length;
    if (!this.#worker.socket.write(Buffer.from(bytes))) this.#waitForWorker();
  }

  /** A client that is not read cannot be seen to leave: so the wait has an end. */
  #waitForWorker(): void {
    this.#client.socket.pause();
    if (this.#stallMs !== Number.POSITIVE_INFINITY) return;
    this.#stallMs = this.x.services.clock.nowMs() + this.x.plan.http.writeTimeoutMs;
  }

  /** The bytes are only lent. */
  fromWorker(bytes: Buffer, from: number, to: number): void {
    if (this.#over || this.#closing) return;
    this.#touch();
    this.x.bytesOut += to - from;
    this.#boundary.follow(bytes, from, to);
    if (!this.#client.write(Buffer.from(bytes.subarray(from, to)))) this.#worker.pause();
    if (this.#endMs !== Number.POSITIVE_INFINITY) this.#sayGoingAway();
  }

  workerDrained(): void {
    this.#stallMs = Number.POSITIVE_INFINITY;
    this.#client.socket.resume();
  }

  clientDrained(): void {
    this.#worker.resume();
  }

  clientEnded(): void {
    this.#end("client");
  }

  clientGone(): void {
    this.#end("client");
  }

  workerEnded(): void {
    this.#end("worker");
  }

  workerGone(): void {
    this.#end("fault");
  }

  /** Closes with code 1001 after `delayMs`, then cuts. */
  closeLater(reason: TunnelEnd, delayMs: number): void {
    if (this.#endMs !== Number.POSITIVE_INFINITY) return;
    this.#endReason = reason;
    this.#endMs = this.x.services.clock.nowMs() + delayMs;
  }

  sweep(nowMs: number): void {
    if (nowMs >= this.#stallMs) this.#end("worker");
    else if (this.#closing && nowMs >= this.#endMs + CLOSE_MS) this.#end(this.#endReason);
    else if (nowMs >= this.#endMs) this.#sayGoingAway();
    else if (nowMs >= this.#idleMs) this.closeLater("idle", 0);
  }

  cut(): void {
    this.#end("drain");
  }

  /** Sends the close frame as soon as no frame of the worker's is half sent. */
  #sayGoingAway(): void {
    const now = this.x.services.clock.nowMs();
    if (this.#closing || now < this.#endMs) return;
    if (!this.#boundary.between && now < this.#endMs + CLOSE_MS) return;
    this.#closing = true;
    this.#endMs = now;
    if (this.#boundary.between) this.#client.write(GOING_AWAY);
  }

  #touch(): void {
    this.#idleMs = this.x.services.clock.nowMs() + this.x.plan.plan.edge.realtime.idleTimeoutMs;
  }

  /** What was received is still flushed to the other side; nothing more is read. */
  #end(reason: TunnelEnd): void {
    if (this.#over) return;
    this.#over = true;
    const { x } = this;
    guarded(x, () => {
      x.services.tunnels.remove(this, this.#closing ? this.#endReason : reason);
      x.relay!.closeTunnel();
      resume(x);
    });
  }
}

/** Joins the two sides of an exchange whose worker switched protocols. */
export function openTunnel(x: Exchange, worker: WorkerConnection): void {
  const tunnel = new Tunnel(x, worker);
  x.tunnel = true;
  x.services.tunnels.add(tunnel);
  x.connection!.becomeTunnel(tunnel);
}
