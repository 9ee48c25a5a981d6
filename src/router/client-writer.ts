import type { Socket } from "node:net";
import { OutQueue, type ResponseBounds } from "./http1/out-queue.ts";
import type { EdgeServices } from "./services.ts";

/** A tunnel's bytes are not kept for a slow client: its worker waits. */
const nothingKept: ResponseBounds = { responseBytesMax: 0, responseBudgetBytes: 0 };

/**
 * Longest time in which a client may take no byte while its worker has to wait for it: others wait for that worker, and
 * Odoo's own gives up after 2 s (ODOO_HTTP_SOCKET_TIMEOUT).
 */
const WORKER_WAIT_MS = 5_000;

/** What goes to one client: written at once or kept in bounds, with a clock that runs while the client takes nothing. */
export class ClientWriter {
  /** When a client that takes nothing is overdue; Infinity while nothing waits to be taken. */
  #stallMs = Number.POSITIVE_INFINITY;
  /** The bytes are a tunnel's. */
  tunnels = false;
  readonly #socket: Socket;
  readonly #services: EdgeServices;
  readonly #out: OutQueue;
  /** The worker was told to wait, and not yet to go on. */
  #workerWaits = false;

  constructor(socket: Socket, services: EdgeServices) {
    this.#socket = socket;
    this.#services = services;
    this.#out = new OutQueue(socket, services.responses);
  }

  /** Whether the client has taken all that was written, but for what the kernel holds. */
  get idle(): boolean {
    return this.#out.empty && !this.#socket.writableNeedDrain;
  }

  /** Whether a writer that was told to wait may go on. */
  get hasRoom(): boolean {
    return this.#out.hasRoom(this.#bounds);
  }

  /** Strings are latin-1. False when the writer should wait until `hasRoom` after a drain. */
  write(bytes: Buffer | string): boolean {
    const room = this.#out.write(bytes, this.#bounds);
    const toldToWait = !room && !this.#workerWaits;
    if (toldToWait) this.#workerWaits = true;
    if (this.#socket.writableNeedDrain && (toldToWait || !this.#clockRuns)) this.#startClock();
    return room;
  }

  /** The socket drained: writes more of what is kept. True when nothing is left. */
  flush(): boolean {
    this.#stallMs = Number.POSITIVE_INFINITY;
    const flushed = this.#out.flush();
    this.#workerWaits &&= !this.hasRoom;
    if (this.#socket.writableNeedDrain) this.#startClock();
    return flushed;
  }

  /** Whether the client took nothing for too long; counted, and said once. */
  stalled(nowMs: number): boolean {
    if (nowMs < this.#stallMs) return false;
    this.#stallMs = Number.POSITIVE_INFINITY;
    this.#services.metrics.increment("client_timeouts_total", 1, "write");
    return true;
  }

  /** FIN behind what is written; `flush` must have left nothing. */
  end(ended: () => void): void {
    if (!this.#clockRuns) this.#startClock();
    this.#socket.end(() => {
      this.#stallMs = Number.POSITIVE_INFINITY;
      ended();
    });
  }

  clear(): void {
    this.#out.clear();
  }

  get empty(): boolean {
    return this.#out.empty;
  }

  get #bounds(): ResponseBounds {
    return this.tunnels ? nothingKept : this.#services.plan.http;
  }

  get #clockRuns(): boolean {
    return this.#stallMs !== Number.POSITIVE_INFINITY;
  }

  #startClock(): void {
    const { writeTimeoutMs } = this.#services.plan.http;
    const patienceMs = this.#workerWaits && !this.tunnels ? Math.min(writeTimeoutMs, WORKER_WAIT_MS) : writeTimeoutMs;
    this.#stallMs = Math.min(this.#stallMs, this.#services.clock.nowMs() + patienceMs);
  }
}
