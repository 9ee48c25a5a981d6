/** A pool as the data path uses it: its scheduling, and the connections that its workers let us keep. */
import type { PlannedPool, UpstreamSettings } from "../../plan/types.ts";
import type { Endpoint } from "./endpoint.ts";
import { IdleConnections } from "./idle-connections.ts";
import type { PoolEvents } from "./pool-deps.ts";
import type { Scheduling } from "./scheduling.ts";
import type { WorkerConnection } from "./worker-connection.ts";

type Port = "http" | "realtime";
type Kept = Record<Port, IdleConnections<WorkerConnection>>;

/** Adds to a pool's events that a removed endpoint's idle connections end. */
export type ClosingRemoved = (events: PoolEvents) => PoolEvents;

export class Upstream {
  readonly name: string;
  /** Index of the pool in the metrics. */
  readonly metricsIndex: number;
  readonly scheduling: Scheduling;
  planned: PlannedPool;
  /** Requests that were routed here and are not over, whatever they wait for. */
  requests = 0;
  #settings: UpstreamSettings;
  readonly #kept = new Map<Endpoint, Kept>();

  /** `schedule` makes the pool's scheduling; through what it is handed its events also end idle connections. */
  constructor(
    planned: PlannedPool,
    settings: UpstreamSettings,
    metricsIndex: number,
    schedule: (closing: ClosingRemoved) => Scheduling,
  ) {
    this.name = planned.name;
    this.metricsIndex = metricsIndex;
    this.planned = planned;
    this.#settings = settings;
    this.scheduling = schedule((events) => this.#closingRemoved(events));
  }

  update(planned: PlannedPool, settings: UpstreamSettings): void {
    this.planned = planned;
    this.#settings = settings;
    for (const kept of this.#kept.values()) for (const port of ports) kept[port].update(settings);
    this.scheduling.update(planned, settings);
  }

  /** A kept connection to this port, or null when a new one must be made. */
  takeIdle(endpoint: Endpoint, port: Port): WorkerConnection | null {
    return this.#kept.get(endpoint)?.[port].take() ?? null;
  }

  /** Keeps a connection whose response ended at its framed end and whose worker offered it. */
  keep(endpoint: Endpoint, port: Port, connection: WorkerConnection, nowMs: number): void {
    if (endpoint.draining) return connection.destroy();
    let kept = this.#kept.get(endpoint);
    if (kept === undefined) {
      kept = { http: new IdleConnections(this.#settings), realtime: new IdleConnections(this.#settings) };
      this.#kept.set(endpoint, kept);
    }
    kept[port].put(connection, nowMs);
  }

  sweep(nowMs: number): void {
    this.scheduling.sweep(nowMs);
    for (const kept of this.#kept.values()) for (const port of ports) kept[port].sweep(nowMs);
  }

  close(): void {
    this.scheduling.close();
    for (const endpoint of this.#kept.keys()) this.#forget(endpoint);
  }

  #forget(endpoint: Endpoint): void {
    const kept = this.#kept.get(endpoint);
    if (kept === undefined) return;
    this.#kept.delete(endpoint);
    for (const port of ports) kept[port].close();
  }

  #closingRemoved(events: PoolEvents): PoolEvents {
    return {
      ...events,
      removed: (endpoint) => {
        this.#forget(endpoint);
        events.removed(endpoint);
      },
    };
  }
}

const ports = ["http", "realtime"] as const;
