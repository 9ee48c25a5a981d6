/** The clients that are connected: taken in, watched, and in the end let go. */
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { clientAddress } from "../policy/client.ts";
import { ClientConnection } from "./client-connection.ts";
import { ConnectionSweep } from "./connection-sweep.ts";
import type { LinkedListener } from "./link.ts";
import { proxiesAt } from "./peer.ts";
import type { EdgeServices } from "./services.ts";

/** Idle connections are closed this long after a drain began. */
const DRAIN_IDLE_MS = 1_000;
/** How often a drain looks whether it is done. */
const DRAIN_POLL_MS = 50;

/** How many clients are connected: to this thread, or to all. */
export interface ConnectionCount {
  readonly open: number;
  /** Counts one more unless there are `max`; whether it did. */
  enter(max: number): boolean;
  leave(): void;
}

/** Those of this thread alone, whose listeners hold them to their bound. */
export class OwnConnections implements ConnectionCount {
  open = 0;

  enter(): boolean {
    this.open++;
    return true;
  }

  leave(): void {
    this.open--;
  }
}

export class ClientConnections {
  readonly #services: EdgeServices;
  readonly #count: ConnectionCount;
  readonly #descriptorsMax: number;
  readonly #connections = new Set<ClientConnection>();
  readonly #deadlines = new ConnectionSweep(this.#connections);
  readonly #gone = (connection: ClientConnection): void => {
    this.#connections.delete(connection);
    this.#count.leave();
  };

  /** `descriptorsMax` is how many clients the process has file descriptors for. */
  constructor(services: EdgeServices, count: ConnectionCount, descriptorsMax: number) {
    this.#services = services;
    this.#count = count;
    this.#descriptorsMax = descriptorsMax;
  }

  get size(): number {
    return this.#connections.size;
  }

  accept(socket: Socket, via: LinkedListener): void {
    const { metrics, plan, overload } = this.#services;
    if (overload.level > 0 && !this.#mustKnow(socket)) {
      metrics.increment("connections_refused_total", 1, "overload");
      metrics.increment("overload_shed_total", 1, "connections");
      socket.resetAndDestroy();
      return;
    }
    const { connectionsMax } = plan.http;
    if (!this.#count.enter(Math.min(connectionsMax, this.#descriptorsMax))) {
      metrics.increment(
        "connections_refused_total",
        1,
        connectionsMax < this.#descriptorsMax ? "limit" : "descriptors",
      );
      socket.destroy();
      return;
    }
    metrics.increment("connections_accepted_total");
    this.#connections.add(new ClientConnection(socket, this.#services, via, this.#gone));
  }

  sweep(nowMs: number): void {
    this.#deadlines.sweep(nowMs);
  }

  /** Waits until all are gone, or `endMs`; idle ones are closed. */
  async drain(endMs: number): Promise<void> {
    const { clock } = this.#services;
    const idleMs = Math.min(clock.nowMs() + DRAIN_IDLE_MS, endMs);
    while (this.#connections.size > 0 && clock.nowMs() < endMs) {
      if (clock.nowMs() >= idleMs) for (const connection of this.#connections) connection.closeIdle();
      await delay(DRAIN_POLL_MS);
    }
  }

  /** Ends all at once. True when a request or WebSocket was cut. */
  cut(): boolean {
    let cut = false;
    for (const connection of this.#connections) cut = connection.cut() || cut;
    return cut;
  }

  /** Whether the peer may be more than one client, or is an internal one: its requests are judged one by one. */
  #mustKnow(socket: Socket): boolean {
    const { plan, mode } = this.#services;
    const peer = clientAddress(socket.remoteAddress ?? "", null, null);
    return proxiesAt(peer, plan.trustedProxies, mode) !== null || (plan.internalClients?.has(peer) ?? false);
  }
}
