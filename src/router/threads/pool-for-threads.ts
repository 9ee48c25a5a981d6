/** One pool on the thread that schedules: what the others ask for, and what they are told. */
import type { Endpoint } from "../upstream/endpoint.ts";
import type { ClientQueue } from "../upstream/fair-queue.ts";
import type { NetworkFault } from "../upstream/network-fault.ts";
import type { Places } from "../upstream/places.ts";
import type { PoolSharing } from "../upstream/pool-deps.ts";
import type { TenantLane } from "../upstream/tenant-lane.ts";
import type { UpstreamPool } from "../upstream/upstream-pool.ts";
import type { QueueRefusal, Waiter } from "../upstream/waiter.ts";
import type { EndpointShare, FromScheduler, FromThread } from "./messages.ts";
import { SCHEDULER } from "./parts.ts";
import { Pressure } from "./pressure.ts";
import type { SharedLaneCounts } from "./shared-lanes.ts";
import { SharedPlaces } from "./shared-places.ts";

/** A thread as its pools see it. */
export interface PoolUser {
  readonly part: number;
  tell(tell: FromScheduler["tells"]): void;
}

/** Says all threads something. */
export type Announce = (tell: FromScheduler["tells"]) => void;

/** What a thread tells when one of its requests is to wait. */
export type WaitTold = Extract<FromThread["tells"], { readonly kind: "wait" }>;

/** What it tells when it gave a place back that others may wait for. */
export type ReleasedTold = Extract<FromThread["tells"], { readonly kind: "released" }>;

export class PoolForThreads implements PoolSharing {
  readonly id: number;
  readonly #parts: number;
  readonly #announce: Announce;
  readonly #pressure: Pressure;
  readonly #endpoints = new Map<number, Endpoint>();
  /** Requests that wait, by thread and their number there. */
  readonly #waiting = new Map<PoolUser, Map<number, WaitingRequest>>();
  /** What requests wait in, by place. Of this pool alone: one of its name that comes after it has a queue of its own. */
  readonly lanes = new Map<number, TenantLane>();
  /** Threads that may still ask. */
  readonly users = new Set<PoolUser>();
  #opened: { readonly workers: number; readonly endpoints: readonly EndpointShare[] } = { workers: 0, endpoints: [] };
  #lastEndpoint = 0;
  /** INVARIANT: set right after both are made; each needs the other. */
  pool!: UpstreamPool;

  constructor(id: number, parts: number, announce: Announce) {
    this.id = id;
    this.#parts = parts;
    this.#announce = announce;
    this.#pressure = new Pressure(Pressure.allocate(parts));
    announce(this.#asTold());
  }

  /** Tells a new thread what others know. */
  introduce(user: PoolUser): void {
    user.tell(this.#asTold());
    user.tell({ kind: "opened", pool: this.id, ...this.#opened });
  }

  // ---- what the pool says

  places(): Places {
    return new SharedPlaces(++this.#lastEndpoint, SharedPlaces.allocate(this.#parts), SCHEDULER);
  }

  opened(endpoints: readonly Endpoint[], workers: number): void {
    for (const endpoint of endpoints) this.#endpoints.set(placesOf(endpoint).id, endpoint);
    this.#opened = { workers, endpoints: endpoints.map(shareOf) };
    this.#announce({ kind: "opened", pool: this.id, ...this.#opened });
  }

  removed(endpoint: Endpoint): void {
    const { id } = placesOf(endpoint);
    this.#endpoints.delete(id);
    this.#announce({ kind: "removed", pool: this.id, endpoint: id });
  }

  ration(): void {
    this.#pressure.ration();
  }

  relax(): void {
    this.#pressure.relax();
  }

  // ---- what threads say

  /** `lane` is null where the tenant is no longer known. */
  wait(user: PoolUser, lane: TenantLane | null, { request, rule, client }: WaitTold): void {
    if (lane === null) user.tell({ kind: "refused", pool: this.id, request, code: "no_healthy_upstream" });
    else this.#admit(new WaitingRequest(this, user, request, lane, rule, client));
    this.#pressure.ease(user.part);
  }

  leave(user: PoolUser, request: number): void {
    const waiting = this.#waiting.get(user)?.get(request);
    if (waiting === undefined) return; // it was granted meanwhile, and the thread gives it back
    this.pool.cancel(waiting);
    this.refused(waiting, "queue_timeout");
  }

  /** A place came back; `lane` is null where nobody waits for one in the same lane. */
  released(lane: TenantLane | null, rule: number): void {
    this.pool.released(lane, rule);
  }

  /** What is said of an endpoint that was removed meanwhile changes nothing. */
  failed(endpointId: number, fault: NetworkFault): void {
    const endpoint = this.#endpoints.get(endpointId);
    if (endpoint !== undefined) this.pool.failed(endpoint, fault);
  }

  succeeded(endpointId: number): void {
    const endpoint = this.#endpoints.get(endpointId);
    if (endpoint !== undefined) this.pool.succeeded(endpoint);
  }

  /** A thread ended: nothing of it waits any more, and what it held is free. */
  giveBack(user: PoolUser): void {
    this.users.delete(user);
    for (const waiting of this.#waiting.get(user)?.values() ?? []) this.pool.cancel(waiting);
    this.#waiting.delete(user);
    for (const endpoint of this.pool.all()) placesOf(endpoint).giveBack(user.part);
    this.#pressure.giveBack(user.part);
  }

  // ---- what becomes of one that waits

  granted(waiting: WaitingRequest, endpoint: Endpoint): void {
    const { user, request, lane, ruleIndex } = waiting;
    const places = placesOf(endpoint);
    places.hand(user.part);
    countsOf(lane).hand(ruleIndex, user.part);
    this.#forget(waiting);
    user.tell({ kind: "granted", pool: this.id, request, endpoint: places.id });
  }

  refused(waiting: WaitingRequest, code: QueueRefusal): void {
    this.#forget(waiting);
    waiting.user.tell({ kind: "refused", pool: this.id, request: waiting.request, code });
  }

  #admit(waiting: WaitingRequest): void {
    const { user, request, lane, ruleIndex } = waiting;
    const waits = this.#waiting.get(user) ?? new Map<number, WaitingRequest>();
    this.#waiting.set(user, waits);
    waits.set(request, waiting);
    const found = this.pool.acquire(waiting);
    // A place may have come back between the look at it and the queue.
    if (found === "queued") this.pool.released(lane, ruleIndex);
    else if (typeof found === "string") waiting.refused(found);
    else waiting.granted(found);
  }

  #forget({ user, request, lane }: WaitingRequest): void {
    this.#waiting.get(user)?.delete(request);
    countsOf(lane).settle(user.part);
  }

  #asTold(): FromScheduler["tells"] {
    return { kind: "pool", pool: this.id, pressure: this.#pressure.memory };
  }
}

/** A thread's request in the queue of all. */
export class WaitingRequest implements Waiter {
  readonly user: PoolUser;
  readonly request: number;
  readonly lane: TenantLane;
  readonly ruleIndex: number;
  readonly clientAddress: string;
  readonly internal = false;
  deadlineMs = 0;
  waitsIn: ClientQueue | null = null;
  tried: Endpoint[] | null = null;
  queueBefore: Waiter | null = null;
  queueAfter: Waiter | null = null;
  readonly #pool: PoolForThreads;

  constructor(pool: PoolForThreads, user: PoolUser, request: number, lane: TenantLane, rule: number, client: string) {
    this.#pool = pool;
    this.user = user;
    this.request = request;
    this.lane = lane;
    this.ruleIndex = rule;
    this.clientAddress = client;
  }

  granted(endpoint: Endpoint): void {
    this.#pool.granted(this, endpoint);
  }

  refused(code: QueueRefusal): void {
    this.#pool.refused(this, code);
  }
}

function shareOf(endpoint: Endpoint): EndpointShare {
  const { address, ip, httpPort, realtimePort } = endpoint;
  const { id, memory } = placesOf(endpoint);
  return { id, address, ip, httpPort, realtimePort, memory };
}

/** INVARIANT: with several threads all places and lanes are shared ones. */
function placesOf({ places }: Endpoint): SharedPlaces {
  return places as SharedPlaces;
}

function countsOf({ counts }: TenantLane): SharedLaneCounts {
  return counts as SharedLaneCounts;
}
