/**
 * Hot: `acquire`, `release` and `succeeded` run for each request. With a slot free they allocate nothing, read no clock
 * and take no longer for many tenants than for one. Bench: bench/micro/upstream-pool.ts (2026-11: 25 to 90 ns for the
 * three together, 0.25 to 0.7 µs when each request goes through the queue).
 */
import type { PlannedPool, UpstreamSettings } from "../../plan/types.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointSet } from "./endpoint-set.ts";
import { FairQueue } from "./fair-queue.ts";
import { takeCheckTurn } from "./health-check.ts";
import type { NetworkFault } from "./network-fault.ts";
import { OpenEndpoints } from "./open-endpoints.ts";
import { OwnPlaces } from "./places.ts";
import type { PoolDeps, PoolSharing } from "./pool-deps.ts";
import { type EndpointReport, reportOf } from "./pool-report.ts";
import type { Scheduling } from "./scheduling.ts";
import type { TenantLane } from "./tenant-lane.ts";
import type { Waiter } from "./waiter.ts";

/**
 * Requests that may wait per slot: with more, each would have to take less than 20 ms for the last to be served within
 * 10 s, so that it would only wait to be refused.
 */
const QUEUED_PER_SLOT_MAX = 512;

/**
 * Decides which worker of one pool serves which request, and when: slots per endpoint, limits per tenant, a fair queue,
 * ejection by network faults, active checks.
 *
 * INVARIANT: after each call either no slot is free or no request that waits may have it.
 */
export class UpstreamPool implements Scheduling {
  readonly #deps: PoolDeps;
  readonly #sharing: PoolSharing;
  readonly #endpoints: EndpointSet;
  readonly #queue = new FairQueue();
  readonly #stop = new AbortController();
  readonly #open: OpenEndpoints;
  #settings: UpstreamSettings;
  #plan: PlannedPool;
  #queueMax = 0;
  #granting = false;

  constructor(pool: PlannedPool, settings: UpstreamSettings, deps: PoolDeps) {
    this.#plan = pool;
    this.#settings = settings;
    this.#deps = deps;
    this.#sharing = deps.sharing ?? alone;
    this.#open = new OpenEndpoints(pool.workers, deps.random);
    this.#endpoints = new EndpointSet(
      deps.resolve,
      () => this.#sharing.places(),
      deps.events,
      () => this.#reopen(),
    );
  }

  start(): Promise<void> {
    return this.#endpoints.configure(this.#plan);
  }

  update(pool: PlannedPool, settings: UpstreamSettings): void {
    this.#open.workers = pool.workers;
    this.#settings = settings;
    void this.#endpoints.configure(pool);
    this.#queue.reconsiderAll();
    this.#reopen();
  }

  get depth(): number {
    return this.#queue.depth;
  }

  acquire(waiter: Waiter): Endpoint | "queued" | "queue_full" | "no_healthy_upstream" {
    if (this.#open.none) return "no_healthy_upstream";
    if (waiter.internal) return this.#open.take(waiter) ?? "queue_full";
    const { lane, ruleIndex } = waiter;
    if (lane.enter(ruleIndex)) {
      const endpoint = this.#open.take(waiter);
      if (endpoint !== null) return endpoint;
      lane.leave(ruleIndex);
    }
    return this.#enqueue(waiter);
  }

  cancel(waiter: Waiter): void {
    this.#queue.remove(waiter);
  }

  another(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure" {
    const next = this.#open.takeOther(previous, waiter);
    if (next === null) {
      this.release(waiter, previous);
      return "connect_failure";
    }
    this.#leave(previous);
    this.#grant();
    return next;
  }

  release(waiter: Waiter, endpoint: Endpoint): void {
    waiter.tried = null;
    if (!waiter.internal) {
      waiter.lane.leave(waiter.ruleIndex);
      this.#queue.reconsider(waiter.lane, waiter.ruleIndex);
    }
    this.#leave(endpoint);
    this.#grant();
  }

  /** A thread gave a place back by itself, in this lane if it was in one where somebody may wait. */
  released(lane: TenantLane | null, ruleIndex: number): void {
    if (lane !== null) this.#queue.reconsider(lane, ruleIndex);
    this.#grant();
  }

  /** Looks at all that wait: places may have come back in any lane. */
  reconsider(): void {
    this.#queue.reconsiderAll();
    this.#grant();
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
    this.#endpoints.forgetIdle(endpoint);
  }

  failed(endpoint: Endpoint, fault: NetworkFault): void {
    if (!endpoint.noteFault(this.#settings)) return;
    const forMs = endpoint.eject(this.#settings, this.#deps.clock.nowMs(), this.#deps.random());
    this.#deps.events.ejected(endpoint, fault, forMs);
    this.#reopen();
  }

  succeeded(endpoint: Endpoint): void {
    endpoint.places.answered = true;
    if (endpoint.state === "trial") this.#restore(endpoint);
    else endpoint.forgive();
  }

  sweep(nowMs: number): void {
    this.#queue.expire(nowMs, refuseLate);
    this.#endpoints.forgetAllIdle();
    this.#endpoints.sweep(nowMs, this.#settings.dnsRefreshMs);
    for (const endpoint of this.#endpoints.serving) {
      if (endpoint.state === "ejected" && nowMs >= endpoint.ejectedUntilMs) this.#tryOut(endpoint);
      if (takeCheckTurn(endpoint, this.#settings, nowMs, this.#deps.random())) void this.#check(endpoint);
    }
    this.reconsider();
  }

  /** Every endpoint that has a request or may take one. */
  all(): Iterable<Endpoint> {
    return this.#endpoints.all();
  }

  report(): EndpointReport[] {
    return Array.from(this.#endpoints.all(), reportOf);
  }

  close(): void {
    this.#stop.abort();
    this.#endpoints.close();
    this.#open.list = [];
    this.#queue.expire(Number.POSITIVE_INFINITY, refuseClosed);
  }

  #leave(endpoint: Endpoint): void {
    endpoint.places.leave();
    this.#endpoints.forgetIdle(endpoint);
  }

  /** A tenant that has nothing in a full queue still gets one request in: the crowd of others is not its doing. */
  #enqueue(waiter: Waiter): "queued" | "queue_full" {
    const lane = waiter.lane;
    const full = this.#queue.depth >= this.#queueMax && lane.queued > 0;
    if (full || lane.queued >= lane.queueMax) return "queue_full";
    waiter.deadlineMs = this.#deps.clock.nowMs() + lane.queueTimeoutMs;
    this.#queue.push(waiter);
    return "queued";
  }

  /** Serves those that wait as far as slots go. Whoever is granted may call us again: only the outermost call grants. */
  #grant(): void {
    if (this.#granting) return;
    if (this.#queue.depth === 0) return this.#sharing.relax();
    this.#granting = true;
    this.#sharing.ration();
    try {
      while (this.#grantNext());
    } finally {
      this.#granting = false;
    }
    if (!this.#queue.hasTurns) this.#sharing.relax();
  }

  /** One place to one that waits; false where there is none for any. */
  #grantNext(): boolean {
    const endpoint = this.#open.takeOrdinary();
    const waiter = endpoint === null ? null : this.#queue.take();
    if (endpoint !== null && waiter === null) endpoint.places.leave();
    if (endpoint === null || waiter === null) return false;
    waiter.granted(endpoint);
    return true;
  }

  /** After a change of endpoints, of their state or of `workers`. Those that wait stay: an endpoint may come back. */
  #reopen(): void {
    const serving = this.#endpoints.serving;
    const { workers } = this.#open;
    for (const { state, places } of serving) {
      places.slots = state === "trial" ? Math.min(places.slots, workers) : workers;
    }
    this.#open.list = serving.filter((endpoint) => endpoint.state !== "ejected");
    this.#queue.slots = workers * this.#open.list.length;
    this.#queueMax = QUEUED_PER_SLOT_MAX * workers * serving.length;
    this.#sharing.opened(this.#open.list, workers);
    this.#grant();
  }

  #tryOut(endpoint: Endpoint): void {
    endpoint.tryOut();
    this.#reopen();
  }

  #restore(endpoint: Endpoint): void {
    endpoint.restore(this.#deps.clock.nowMs());
    this.#deps.events.restored(endpoint);
    this.#reopen();
  }

  async #check(endpoint: Endpoint): Promise<void> {
    endpoint.checking = true;
    const outcome = await this.#deps.check(endpoint, this.#settings, this.#stop.signal);
    endpoint.checking = false;
    if (this.#stop.signal.aborted || endpoint.draining) return;
    endpoint.lastCheck = outcome;
    this.#deps.events.checked(endpoint, outcome);
    if (outcome === "fine") this.#foundFine(endpoint);
    else if (outcome !== "busy") this.failed(endpoint, outcome);
  }

  #foundFine(endpoint: Endpoint): void {
    if (endpoint.state === "healthy") endpoint.forgive();
    else this.#restore(endpoint);
  }
}

/** No other thread takes places. */
const alone: PoolSharing = {
  places: () => new OwnPlaces(),
  opened: () => {},
  ration: () => {},
  relax: () => {},
};

function refuseLate(waiter: Waiter): void {
  waiter.refused("queue_timeout");
}

function refuseClosed(waiter: Waiter): void {
  waiter.refused("no_healthy_upstream");
}
