/**
 * One pool as a thread sees it that serves beside others. It takes and gives back places by itself, in the memory that all
 * share, as long as nobody waits; then the scheduler decides for all threads.
 *
 * Hot: `acquire`, `release` and `succeeded` run for each request.
 */
import { Endpoint } from "../upstream/endpoint.ts";
import type { NetworkFault } from "../upstream/network-fault.ts";
import { OpenEndpoints } from "../upstream/open-endpoints.ts";
import type { PoolEvents } from "../upstream/pool-deps.ts";
import { type EndpointReport, reportOf } from "../upstream/pool-report.ts";
import type { Scheduling } from "../upstream/scheduling.ts";
import type { QueueRefusal, Waiter } from "../upstream/waiter.ts";
import type { MessageLine } from "./message-line.ts";
import type { EndpointShare, FromScheduler, FromThread } from "./messages.ts";
import type { Pressure } from "./pressure.ts";
import type { SharedLaneCounts } from "./shared-lanes.ts";
import { SharedPlaces } from "./shared-places.ts";

/** Line of a thread that serves. */
export type ThreadLine = MessageLine<FromScheduler, FromThread>;

export interface PoolInThreadDeps {
  readonly id: number;
  readonly part: number;
  readonly pressure: Pressure;
  readonly line: Pick<ThreadLine, "tell">;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A request that the scheduler was asked about. */
interface Asked {
  readonly waiter: Waiter;
  left: boolean;
}

export class PoolInThread implements Scheduling {
  readonly #deps: PoolInThreadDeps;
  readonly #open: OpenEndpoints;
  readonly #known = new Map<number, Endpoint>();
  /** By number of the request. */
  readonly #asked = new Map<number, Asked>();
  readonly #numbers = new Map<Waiter, number>();
  #lastRequest = 0;
  #events: PoolEvents | null = null;

  constructor(deps: PoolInThreadDeps) {
    this.#deps = deps;
    this.#open = new OpenEndpoints(0, deps.random);
  }

  /** Tells `events` of endpoints that are removed. */
  attach(events: PoolEvents): this {
    this.#events = events;
    return this;
  }

  // ---- what the scheduler tells

  opened(shares: readonly EndpointShare[], workers: number): void {
    this.#open.list = shares.map((share) => this.#endpointOf(share));
    this.#open.workers = workers;
  }

  removed(id: number): void {
    const endpoint = this.#known.get(id);
    if (endpoint === undefined) return;
    this.#known.delete(id);
    endpoint.draining = true;
    this.#events?.removed(endpoint);
  }

  /** The scheduler took a place for a request; one that left meanwhile gives it back. */
  granted(request: number, endpointId: number): void {
    // INVARIANT: an endpoint is told before a place of it is granted, and removed after.
    const endpoint = this.#known.get(endpointId)!;
    const { waiter, left } = this.#forget(request);
    if (left) this.release(waiter, endpoint);
    else waiter.granted(endpoint);
  }

  refused(request: number, code: QueueRefusal): void {
    const { waiter, left } = this.#forget(request);
    if (!left) waiter.refused(code);
  }

  // ---- what the data path asks

  /** Requests of this thread that wait. */
  get depth(): number {
    return this.#numbers.size;
  }

  /** The scheduler finds endpoints. */
  async start(): Promise<void> {}

  update(): void {}

  acquire(waiter: Waiter): Endpoint | "queued" | "queue_full" | "no_healthy_upstream" {
    if (this.#open.none) return "no_healthy_upstream";
    if (waiter.internal) return this.#open.take(waiter) ?? "queue_full";
    const { lane, ruleIndex } = waiter;
    if (!this.#deps.pressure.pressed && !countsOf(waiter).waited && lane.enter(ruleIndex)) {
      const endpoint = this.#open.take(waiter);
      if (endpoint !== null) return endpoint;
      lane.leave(ruleIndex);
    }
    this.#ask(waiter);
    return "queued";
  }

  cancel(waiter: Waiter): void {
    if (this.#numbers.size === 0) return;
    const request = this.#numbers.get(waiter);
    if (request === undefined) return;
    this.#numbers.delete(waiter);
    this.#asked.get(request)!.left = true;
    this.#deps.line.tell({ kind: "leave", pool: this.#deps.id, request });
  }

  another(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure" {
    const next = this.#open.takeOther(previous, waiter);
    if (next === null) {
      this.release(waiter, previous);
      return "connect_failure";
    }
    previous.places.leave();
    if (this.#deps.pressure.pressed) this.#tellReleased(waiter);
    return next;
  }

  release(waiter: Waiter, endpoint: Endpoint): void {
    waiter.tried = null;
    if (!waiter.internal) waiter.lane.leave(waiter.ruleIndex);
    endpoint.places.leave();
    if (this.#deps.pressure.pressed || (!waiter.internal && countsOf(waiter).waited)) this.#tellReleased(waiter);
  }

  acquireRealtime(): Endpoint | "no_healthy_upstream" {
    return this.#open.takeRealtime();
  }

  anotherRealtime(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure" {
    const next = this.#open.takeOtherRealtime(previous, waiter);
    this.releaseRealtime(previous);
    return next;
  }

  releaseRealtime(endpoint: Endpoint): void {
    endpoint.places.leaveRealtime();
  }

  failed(endpoint: Endpoint, fault: NetworkFault): void {
    this.#deps.line.tell({ kind: "failed", pool: this.#deps.id, endpoint: idOf(endpoint), fault });
  }

  succeeded(endpoint: Endpoint): void {
    endpoint.places.answered = true;
    if (!endpoint.places.watched) return;
    this.#deps.line.tell({ kind: "succeeded", pool: this.#deps.id, endpoint: idOf(endpoint) });
  }

  sweep(): void {}

  report(): EndpointReport[] {
    return Array.from(this.#known.values(), reportOf);
  }

  /** The plan has this pool no more, and its last request here is over. */
  close(): void {
    this.#open.list = [];
    this.#deps.line.tell({ kind: "poolClosed", pool: this.#deps.id });
  }

  // ----

  #ask(waiter: Waiter): void {
    const { id, part, pressure, line } = this.#deps;
    const request = ++this.#lastRequest;
    this.#asked.set(request, { waiter, left: false });
    this.#numbers.set(waiter, request);
    const counts = countsOf(waiter);
    counts.wait();
    pressure.press(part);
    const { ruleIndex: rule, clientAddress: client } = waiter;
    line.tell({ kind: "wait", pool: id, request, place: counts.place, tenant: waiter.lane.tenant, rule, client });
  }

  #tellReleased(waiter: Waiter): void {
    const place = waiter.internal ? NO_PLACE : countsOf(waiter).place;
    this.#deps.line.tell({ kind: "released", pool: this.#deps.id, place, rule: waiter.ruleIndex });
  }

  #forget(request: number): Asked {
    const asked = this.#asked.get(request)!;
    this.#asked.delete(request);
    this.#numbers.delete(asked.waiter);
    return asked;
  }

  #endpointOf({ id, address, ip, httpPort, realtimePort, memory }: EndpointShare): Endpoint {
    let endpoint = this.#known.get(id);
    if (endpoint === undefined) {
      const places = new SharedPlaces(id, memory, this.#deps.part);
      endpoint = new Endpoint(address, ip, httpPort, realtimePort, places);
      this.#known.set(id, endpoint);
    }
    return endpoint;
  }
}

/** A place in no lane: internal requests have none. */
export const NO_PLACE = -1;

/** INVARIANT: in a thread that serves all places and lanes are shared ones. */
function idOf({ places }: Endpoint): number {
  return (places as SharedPlaces).id;
}

function countsOf({ lane }: Waiter): SharedLaneCounts {
  return lane.counts as SharedLaneCounts;
}
