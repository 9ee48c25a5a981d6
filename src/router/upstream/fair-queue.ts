import { type Linked, LinkedList } from "./linked-list.ts";
import type { TenantLane } from "./tenant-lane.ts";
import type { Waiter } from "./waiter.ts";

/** The requests of one client of one tenant that wait, in order of arrival. */
export class ClientQueue implements Linked<ClientQueue> {
  readonly address: string;
  readonly lane: TenantLane;
  readonly waiters = new LinkedList<Waiter>();
  queueBefore: ClientQueue | null = null;
  queueAfter: ClientQueue | null = null;

  constructor(address: string, lane: TenantLane) {
    this.address = address;
    this.lane = lane;
  }
}

/** The clients of one tenant that wait, the next to be served first. */
export class LaneQueue implements Linked<LaneQueue> {
  readonly lane: TenantLane;
  readonly clients = new Map<string, ClientQueue>();
  readonly turns = new LinkedList<ClientQueue>();
  /** Whether it has a turn among the pool's lanes; without one it waits for a slot of its own tenant. */
  ready = false;
  queueBefore: LaneQueue | null = null;
  queueAfter: LaneQueue | null = null;

  constructor(lane: TenantLane) {
    this.lane = lane;
  }
}

/**
 * Who waits for a worker of one pool: tenants take turns, within a tenant its clients take turns, and one client's
 * requests keep their order. Adding, leaving and taking the next are constant time whatever waits.
 *
 * It knows nothing of endpoints; the limits on its length are its owner's.
 */
export class FairQueue {
  depth = 0;
  readonly #lanes = new Set<LaneQueue>();
  readonly #turns = new LinkedList<LaneQueue>();

  push(waiter: Waiter): void {
    const lane = waiter.lane;
    const queue = lane.queue ?? this.#open(lane);
    let client = queue.clients.get(waiter.clientAddress);
    if (client === undefined) {
      client = new ClientQueue(waiter.clientAddress, lane);
      queue.clients.set(client.address, client);
      queue.turns.push(client);
    }
    client.waiters.push(waiter);
    waiter.waitsIn = client;
    lane.queued++;
    this.depth++;
    this.reconsider(lane);
  }

  /** Takes a waiter out, wherever it stands; nothing happens when it does not wait. */
  remove(waiter: Waiter): void {
    const client = waiter.waitsIn;
    if (client === null) return;
    client.waiters.remove(waiter);
    waiter.waitsIn = null;
    client.lane.queued--;
    this.depth--;
    if (client.waiters.head === null) this.#closeClient(client);
  }

  /** The request whose turn it is, taken out; null when no tenant that waits may have more in flight. */
  take(): Waiter | null {
    for (let queue = this.#turns.head; queue !== null; queue = this.#turns.head) {
      this.#turns.remove(queue);
      queue.ready = false;
      if (queue.lane.inFlight >= queue.lane.inFlightMax) continue;
      // INVARIANT: a LaneQueue has a client and a ClientQueue a waiter; both are dropped with their last one.
      const client = queue.turns.head!;
      const waiter = client.waiters.head!;
      queue.turns.remove(client);
      queue.turns.push(client);
      this.remove(waiter);
      if (queue.lane.queue === queue) this.#enter(queue);
      return waiter;
    }
    return null;
  }

  /** Gives the lane its turn back when it may have more in flight: call when its count or its limit changed. */
  reconsider(lane: TenantLane): void {
    const queue = lane.queue;
    if (queue !== null && !queue.ready && lane.inFlight < lane.inFlightMax) this.#enter(queue);
  }

  reconsiderAll(): void {
    for (const queue of this.#lanes) this.reconsider(queue.lane);
  }

  /**
   * Takes out every request whose deadline is at or before `nowMs`, then tells it by `expired`.
   *
   * Looks at each client's oldest only: a later one of the same client has a later deadline, unless a reload
   * shortened the time, and is then found when the older one has gone.
   */
  expire(nowMs: number, expired: (waiter: Waiter) => void): void {
    for (const queue of this.#lanes) {
      for (const client of queue.clients.values()) {
        for (let first = client.waiters.head; first !== null; first = client.waiters.head) {
          if (first.deadlineMs > nowMs) break;
          this.remove(first);
          expired(first);
        }
      }
    }
  }

  #open(lane: TenantLane): LaneQueue {
    const queue = new LaneQueue(lane);
    lane.queue = queue;
    this.#lanes.add(queue);
    return queue;
  }

  #enter(queue: LaneQueue): void {
    queue.ready = true;
    this.#turns.push(queue);
  }

  #closeClient(client: ClientQueue): void {
    const queue = client.lane.queue!;
    queue.clients.delete(client.address);
    queue.turns.remove(client);
    if (queue.clients.size > 0) return;
    if (queue.ready) this.#turns.remove(queue);
    queue.ready = false;
    client.lane.queue = null;
    this.#lanes.delete(queue);
  }
}
