import type { UpstreamSettings } from "../../plan/types.ts";
import { type Linked, LinkedList } from "./linked-list.ts";

/** A connection that can be kept; its fields belong to the place where it is kept, and start as null and 0. */
export interface Keepable<C extends Keepable<C>> extends Linked<C> {
  /** Where it is kept; null while it is in use. */
  keptIn: IdleConnections<C> | null;
  idleSinceMs: number;
  destroy(): void;
}

/**
 * The connections to one port of one endpoint that the worker offered to keep, the last used first: it is the one most
 * likely to be alive, and the others can grow old and be closed.
 *
 * Never more than `idlePerEndpointMax`. A connection here is nobody's: it must be removed when it closes or becomes
 * readable. Hot: once in and once out per request.
 */
export class IdleConnections<C extends Keepable<C>> {
  readonly #order = new LinkedList<C>();
  #settings: UpstreamSettings;
  size = 0;

  constructor(settings: UpstreamSettings) {
    this.#settings = settings;
  }

  /** Takes new limits; the next `put` and `sweep` act on them. */
  update(settings: UpstreamSettings): void {
    this.#settings = settings;
  }

  /** Keeps a connection; when there are too many, the oldest is destroyed for it. */
  put(connection: C, nowMs: number): void {
    connection.keptIn = this;
    connection.idleSinceMs = nowMs;
    this.#order.push(connection);
    this.size++;
    while (this.size > this.#settings.idlePerEndpointMax) this.#destroyOldest();
  }

  /** The connection used last, now the caller's; null when there is none. */
  take(): C | null {
    const connection = this.#order.tail;
    if (connection !== null) this.remove(connection);
    return connection;
  }

  /** Forgets a connection, without destroying it; nothing happens when it is not kept here. */
  remove(connection: C): void {
    if (connection.keptIn !== this) return;
    connection.keptIn = null;
    this.#order.remove(connection);
    this.size--;
  }

  /** Destroys what has been idle for `idleTimeoutMs`. */
  sweep(nowMs: number): void {
    const latestMs = nowMs - this.#settings.idleTimeoutMs;
    while (this.#order.head !== null && this.#order.head.idleSinceMs <= latestMs) this.#destroyOldest();
  }

  /** Destroys all. */
  close(): void {
    while (this.#order.head !== null) this.#destroyOldest();
  }

  #destroyOldest(): void {
    const connection = this.#order.head!;
    this.remove(connection);
    connection.destroy();
  }
}
