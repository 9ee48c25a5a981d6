import type { UpstreamSettings } from "../../plan/types.ts";
import { type Linked, LinkedList } from "./linked-list.ts";

/** One kept connection. */
class IdleEntry<C> implements Linked<IdleEntry<C>> {
  readonly connection: C;
  readonly sinceMs: number;
  queueBefore: IdleEntry<C> | null = null;
  queueAfter: IdleEntry<C> | null = null;

  constructor(connection: C, sinceMs: number) {
    this.connection = connection;
    this.sinceMs = sinceMs;
  }
}

/**
 * The connections to one port of one endpoint that the worker offered to keep, the last used first: it is the one most
 * likely to be alive, and the others can grow old and be closed.
 *
 * Never more than `idlePerEndpointMax`. A connection here is nobody's: its owner must call `remove` when it closes or
 * becomes readable.
 */
export class IdleConnections<C extends { destroy(): void }> {
  readonly #entries = new Map<C, IdleEntry<C>>();
  readonly #order = new LinkedList<IdleEntry<C>>();
  #settings: UpstreamSettings;

  constructor(settings: UpstreamSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes new limits; the next `put` and `sweep` act on them. */
  update(settings: UpstreamSettings): void {
    this.#settings = settings;
  }

  /** Keeps a connection; when there are too many, the oldest is destroyed for it. */
  put(connection: C, nowMs: number): void {
    const entry = new IdleEntry(connection, nowMs);
    this.#entries.set(connection, entry);
    this.#order.push(entry);
    while (this.#entries.size > this.#settings.idlePerEndpointMax) this.#destroyOldest();
  }

  /** The connection used last, now the caller's; null when there is none. */
  take(): C | null {
    const entry = this.#order.tail;
    if (entry === null) return null;
    this.remove(entry.connection);
    return entry.connection;
  }

  /** Forgets a connection, without destroying it; nothing happens when it is not kept here. */
  remove(connection: C): void {
    const entry = this.#entries.get(connection);
    if (entry === undefined) return;
    this.#entries.delete(connection);
    this.#order.remove(entry);
  }

  /** Destroys what has been idle for `idleTimeoutMs`. */
  sweep(nowMs: number): void {
    const latestMs = nowMs - this.#settings.idleTimeoutMs;
    while (this.#order.head !== null && this.#order.head.sinceMs <= latestMs) this.#destroyOldest();
  }

  /** Destroys all. */
  close(): void {
    while (this.#order.head !== null) this.#destroyOldest();
  }

  #destroyOldest(): void {
    const { connection } = this.#order.head!;
    this.remove(connection);
    connection.destroy();
  }
}
