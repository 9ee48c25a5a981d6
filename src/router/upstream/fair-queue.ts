import { type Linked, LinkedList } from "./linked-list.ts";
import type { TenantLane } from "./tenant-lane.ts";
import type { Waiter } from "./waiter.ts";

/** The requests of one client of one tenant that wait, in order of arrival; those of a capped rule apart. */
export class ClientQueue implements Linked<ClientQueue> {
  readonly key: string;
  readonly lane: TenantLane;
  /** The capped rule that they all have; -1 where no cap holds them back. */
  readonly cappedRule: number;
  readonly waiters = new LinkedList<Waiter>();
  /** Stands aside until a request of its rule ends. */
  parked = false;
  queueBefore: ClientQueue | null = null;
  queueAfter: ClientQueue | null = null;

  constructor(key: string, lane: TenantLane, cappedRule: number) {
    this.key = key;
    this.lane = lane;
    this.cappedRule = cappedRule;
  }
}

/** The clients of one tenant that wait, the next to be served first. */
export class LaneQueue implements Linked<LaneQueue> {
  readonly lane: TenantLane;
  readonly clients = new Map<string, ClientQueue>();
  /** Clients whose next request no cap of a rule holds back, as far as is known. */
  readonly turns = new LinkedList<ClientQueue>();
  /** Clients that a cap holds back, by rule. */
  readonly parked: (LinkedList<ClientQueue> | undefined)[] = [];
  /** The list that it has a turn in; null where its tenant or all its clients are at a cap. */
  standsIn: LinkedList<LaneQueue> | null = null;
  /** Requests left of the turn that it is having. */
  credit = 0;
  /** What it counts for among those that wait. */
  readonly weight: number;
  queueBefore: LaneQueue | null = null;
  queueAfter: LaneQueue | null = null;

  constructor(lane: TenantLane) {
    this.lane = lane;
    this.weight = lane.weight;
  }
}

/**
 * Who waits for a worker of one pool: tenants take turns by deficit round robin, where a request costs one and a turn
 * is worth the tenant's weight; within a tenant its clients take turns, and one client's requests keep their order.
 * Adding, leaving and taking the next are constant time whatever waits (each pass over a tenant or client that may not
 * have more is paid for by one entry into a list).
 *
 * A tenant that has nothing here and holds less than its share of the slots enters ahead of all that have, for one
 * request, so that it waits for one request to end and not for others' turns. Afterwards it keeps its place among the
 * turns, also when nothing of it waits, until the round comes to it: it is not ahead again before (flow queueing, RFC 8290
 * section 4.2).
 *
 * It knows nothing of endpoints; the limits on its length are its owner's.
 */
export class FairQueue {
  depth = 0;
  /** Requests that may be in flight at once, of all tenants: its owner's to say. */
  slots = 0;
  /** Of all tenants that are known here. */
  #weights = 0;
  readonly #lanes = new Set<LaneQueue>();
  /** Tenants with one request ahead of the round. */
  readonly #fresh = new LinkedList<LaneQueue>();
  readonly #turns = new LinkedList<LaneQueue>();

  push(waiter: Waiter): void {
    const lane = waiter.lane;
    const queue = lane.queue ?? this.#open(lane);
    const cappedRule = lane.isCapped(waiter.ruleIndex) ? waiter.ruleIndex : -1;
    const key = cappedRule < 0 ? waiter.clientAddress : `${cappedRule} ${waiter.clientAddress}`;
    let client = queue.clients.get(key);
    if (client === undefined) {
      client = new ClientQueue(key, lane, cappedRule);
      queue.clients.set(key, client);
      this.#line(queue, client);
    }
    client.waiters.push(waiter);
    waiter.waitsIn = client;
    lane.queued++;
    this.depth++;
    this.#admit(queue);
  }

  /** Takes a waiter out, wherever it stands; nothing happens when it does not wait. */
  remove(waiter: Waiter): void {
    if (waiter.waitsIn === null) return;
    this.#detach(waiter, waiter.waitsIn);
    if (this.depth === 0) this.#clear();
  }

  /**
   * The request whose turn it is, taken out, with a place in its tenant's lane; null when no tenant that waits may have
   * more in flight.
   */
  take(): Waiter | null {
    for (let queue = this.#next(); queue !== null; queue = this.#next()) {
      const client = queue.lane.hasRoom ? this.#nextClient(queue) : null;
      // Another thread may be quicker.
      if (client !== null && this.#enter(queue, client)) return this.#serve(queue, client);
      this.#stepOut(queue);
    }
    return null;
  }

  /** Whether somebody waits who may have a slot, as far as is known. */
  get hasTurns(): boolean {
    return this.#next() !== null;
  }

  /** Gives the lane and its clients their turns back where they may have more in flight: when a request ended. */
  reconsider(lane: TenantLane, endedRule: number): void {
    const queue = lane.queue;
    if (queue === null) return;
    this.#unpark(queue, endedRule);
    this.#admit(queue);
  }

  /** As `reconsider`, for all lanes and rules: when limits changed. */
  reconsiderAll(): void {
    for (const queue of this.#lanes) {
      for (const rule of queue.parked.keys()) while (this.#unpark(queue, rule));
      this.#admit(queue);
    }
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

  #next(): LaneQueue | null {
    return this.#fresh.head ?? this.#turns.head;
  }

  #open(lane: TenantLane): LaneQueue {
    const queue = new LaneQueue(lane);
    lane.queue = queue;
    this.#lanes.add(queue);
    this.#weights += queue.weight;
    if (this.#isBelowShare(queue)) this.#stand(queue, this.#fresh);
    return queue;
  }

  /** A tenant's share of the slots is its weight's among those that wait; nothing in flight is below any. */
  #isBelowShare({ lane, weight }: LaneQueue): boolean {
    const { inFlight } = lane.counts;
    return inFlight === 0 || inFlight * this.#weights < this.slots * weight;
  }

  /** The client whose turn it is within the tenant; those at the cap of their rule step aside. */
  #nextClient(queue: LaneQueue): ClientQueue | null {
    for (let client = queue.turns.head; client !== null; client = queue.turns.head) {
      queue.turns.remove(client);
      this.#line(queue, client);
      if (!client.parked) return client;
    }
    return null;
  }

  /** Puts a client behind those that may have their turn, or aside. */
  #line(queue: LaneQueue, client: ClientQueue): void {
    const rule = client.cappedRule;
    client.parked = rule >= 0 && !queue.lane.hasRoomFor(rule);
    if (client.parked) queue.parked[rule] ??= new LinkedList();
    (client.parked ? queue.parked[rule]! : queue.turns).push(client);
  }

  #serve(queue: LaneQueue, client: ClientQueue): Waiter {
    const waiter = client.waiters.head!;
    this.#detach(waiter, client);
    if (this.depth === 0) this.#clear();
    else this.#charge(queue);
    return waiter;
  }

  /** A request ahead of the round costs nothing; in the round the turn passes on when it is used up. */
  #charge(queue: LaneQueue): void {
    if (queue.standsIn === this.#turns) {
      if (queue.credit === 0) queue.credit = queue.lane.weight;
      if (--queue.credit > 0) return;
    }
    queue.standsIn!.remove(queue);
    this.#stand(queue, this.#turns);
  }

  #enter({ lane }: LaneQueue, { waiters, cappedRule }: ClientQueue): boolean {
    // INVARIANT: a ClientQueue has a waiter; it is dropped with its last one.
    return lane.enterFromQueue(waiters.head!.ruleIndex, cappedRule);
  }

  #stand(queue: LaneQueue, list: LinkedList<LaneQueue>): void {
    queue.standsIn = list;
    list.push(queue);
  }

  /** The lane may not have more now, or the round came to it and nothing of it waits: then it is forgotten. */
  #stepOut(queue: LaneQueue): void {
    queue.standsIn!.remove(queue);
    queue.standsIn = null;
    queue.credit = 0;
    if (queue.clients.size === 0) this.#forget(queue);
  }

  #admit(queue: LaneQueue): void {
    const { lane } = queue;
    if (queue.standsIn !== null || queue.turns.head === null || !lane.hasRoom) return;
    this.#stand(queue, this.#turns);
  }

  /** Lets one parked client of a rule have its turn again; false where none is, or the rule has no room. */
  #unpark(queue: LaneQueue, rule: number): boolean {
    const client = queue.parked[rule]?.head ?? null;
    if (client === null || !queue.lane.hasRoomFor(rule)) return false;
    queue.parked[rule]!.remove(client);
    this.#line(queue, client);
    return true;
  }

  #detach(waiter: Waiter, client: ClientQueue): void {
    client.waiters.remove(waiter);
    waiter.waitsIn = null;
    client.lane.queued--;
    this.depth--;
    if (client.waiters.head === null) this.#close(client);
  }

  #close(client: ClientQueue): void {
    const queue = client.lane.queue!;
    queue.clients.delete(client.key);
    (client.parked ? queue.parked[client.cappedRule]! : queue.turns).remove(client);
    // It may have had the turn that a request of its rule gave back.
    if (client.cappedRule >= 0) this.#unpark(queue, client.cappedRule);
    if (queue.clients.size === 0 && queue.standsIn === null) this.#forget(queue);
    else this.#admit(queue);
  }

  #forget(queue: LaneQueue): void {
    queue.lane.queue = null;
    this.#weights -= queue.weight;
    this.#lanes.delete(queue);
  }

  /** Nothing waits any more: nobody's place is kept. */
  #clear(): void {
    for (const queue of this.#lanes) {
      queue.standsIn?.remove(queue);
      queue.standsIn = null;
      this.#forget(queue);
    }
  }
}
