/**
 * Hot: `acquire`, `release` and `succeeded` run for each request. With a slot free they allocate nothing, read no clock
 * and take no longer for many tenants than for one. Bench: bench/micro/upstream-pool.ts (2026-11: 25 to 90 ns for the
 * three together, 0.25 to 0.7 µs when each request goes through the queue).
 */
import type { PlannedPool, UpstreamSettings } from "../../plan/types.ts";
import { chooseEndpoint, chooseOther } from "./choose-endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import { EndpointSet } from "./endpoint-set.ts";
import { FairQueue } from "./fair-queue.ts";
import { takeCheckTurn } from "./health-check.ts";
import type { NetworkFault } from "./network-fault.ts";
import type { PoolDeps } from "./pool-deps.ts";
import { type EndpointReport, reportOf } from "./pool-report.ts";
import type { Waiter } from "./waiter.ts";

/**
 * Requests that may wait per slot: with more, each would have to take less than 20 ms for the last to be served within
 * 10 s, so that it would only wait to be refused.
 */
const QUEUED_PER_SLOT_MAX = 512;

/**
 * Internal requests that may be in flight per worker, beyond the ordinary ones.
 *
 * A worker that prints a PDF holds its process while wkhtmltopdf asks the edge for the page's assets, over at most six
 * connections to one host. Were those to wait for an ordinary slot while all slots are held by such workers, none
 * would ever end. So they go past the slots into the worker's own accept backlog (eight per worker), where the edge
 * lets nobody else stand, and take the first process that is free. That helps as long as one process of the endpoint
 * is not printing; a pool whose `workers` is below the number of processes keeps one free for good.
 */
const INTERNAL_PER_WORKER = 6;

/**
 * Decides which worker of one pool serves which request, and when: slots per endpoint, limits per tenant, a fair queue,
 * ejection by network faults, active checks.
 *
 * Whoever has an endpoint from `acquire`, `granted` or `another` gives it back by one `release`.
 * INVARIANT: after each call either no slot is free or no request that waits may have it.
 */
export class UpstreamPool {
  readonly #deps: PoolDeps;
  readonly #endpoints: EndpointSet;
  readonly #queue = new FairQueue();
  readonly #stop = new AbortController();
  #workers: number;
  #settings: UpstreamSettings;
  #plan: PlannedPool;
  /** Those that take requests now: serving, and not ejected. */
  #open: readonly Endpoint[] = [];
  #queueMax = 0;
  #granting = false;

  constructor(pool: PlannedPool, settings: UpstreamSettings, deps: PoolDeps) {
    this.#plan = pool;
    this.#workers = pool.workers;
    this.#settings = settings;
    this.#deps = deps;
    this.#endpoints = new EndpointSet(deps.resolve, deps.events, () => this.#reopen());
  }

  /** Finds the endpoints for the first time; never rejects. Without any, requests are refused until there are. */
  start(): Promise<void> {
    return this.#endpoints.configure(this.#plan);
  }

  /** Takes over a new plan; endpoints whose address and ports are still there keep their counts and their health. */
  update(pool: PlannedPool, settings: UpstreamSettings): void {
    this.#workers = pool.workers;
    this.#settings = settings;
    void this.#endpoints.configure(pool);
    this.#queue.reconsiderAll();
    this.#reopen();
  }

  /** Requests that wait. */
  get depth(): number {
    return this.#queue.depth;
  }

  /** An endpoint, now held by this request; or `queued`, and the waiter is told later; or why it is refused. */
  acquire(waiter: Waiter): Endpoint | "queued" | "queue_full" | "no_healthy_upstream" {
    if (this.#open.length === 0) return "no_healthy_upstream";
    if (waiter.internal) return this.#take(waiter) ?? "queue_full";
    const lane = waiter.lane;
    if (lane.admits(waiter.ruleIndex)) {
      const endpoint = this.#take(waiter);
      if (endpoint !== null) return endpoint;
    }
    return this.#enqueue(waiter);
  }

  /** Leaves the queue without being told anything; nothing happens when it does not wait. */
  cancel(waiter: Waiter): void {
    this.#queue.remove(waiter);
  }

  /**
   * Another endpoint for a request of which nothing was sent, because `previous` could not be connected to; never one
   * that this request had before. With `connect_failure` the request holds nothing any more.
   */
  another(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure" {
    waiter.tried ??= [];
    waiter.tried.push(previous);
    const next = chooseOther(this.#open, waiter.tried, this.#beyond(waiter));
    if (next === null) {
      this.release(waiter, previous);
      return "connect_failure";
    }
    next.inFlight++;
    this.#leave(previous);
    this.#grant();
    return next;
  }

  /** Ends a request's hold on its endpoint, whatever became of it, and lets the next ones in. */
  release(waiter: Waiter, endpoint: Endpoint): void {
    waiter.tried = null;
    if (!waiter.internal) {
      waiter.lane.inFlight--;
      waiter.lane.inFlightByRule[waiter.ruleIndex]!--;
      this.#queue.reconsider(waiter.lane, waiter.ruleIndex);
    }
    this.#leave(endpoint);
    this.#grant();
  }

  /**
   * An endpoint for a realtime exchange, which occupies no worker and so needs no slot; given back by
   * `releaseRealtime`. Its faults are not told to `failed`: another process serves that port. Never one of `tried`.
   */
  acquireRealtime(tried: readonly Endpoint[] = none): Endpoint | "no_healthy_upstream" {
    let best: Endpoint | undefined;
    for (const endpoint of this.#open) {
      if (tried.includes(endpoint)) continue;
      if (best === undefined || endpoint.realtime < best.realtime) best = endpoint;
    }
    if (best === undefined) return "no_healthy_upstream";
    best.realtime++;
    return best;
  }

  /** As `another`, for a realtime exchange; `previous` is given back either way. */
  anotherRealtime(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure" {
    waiter.tried ??= [];
    waiter.tried.push(previous);
    const next = this.acquireRealtime(waiter.tried);
    this.releaseRealtime(previous);
    return next === "no_healthy_upstream" ? "connect_failure" : next;
  }

  releaseRealtime(endpoint: Endpoint): void {
    endpoint.realtime--;
    this.#endpoints.forgetIdle(endpoint);
  }

  /** The network failed at this endpoint before a response; what a worker answers is never a fault. */
  failed(endpoint: Endpoint, fault: NetworkFault): void {
    if (!endpoint.noteFault(this.#settings)) return;
    const forMs = endpoint.eject(this.#settings, this.#deps.clock.nowMs(), this.#deps.random());
    this.#deps.events.ejected(endpoint, fault, forMs);
    this.#reopen();
  }

  /**
   * The endpoint answered. One that is ejected stays so: the answer may be to a request from before, and a worker that
   * shuts down still ends what it has.
   */
  succeeded(endpoint: Endpoint): void {
    endpoint.answered = true;
    if (endpoint.state === "trial") this.#restore(endpoint);
    else endpoint.faults = 0;
  }

  /** All that is due by time: call every 100 to 250 ms. */
  sweep(nowMs: number): void {
    this.#queue.expire(nowMs, refuseLate);
    this.#endpoints.sweep(nowMs, this.#settings.dnsRefreshMs);
    for (const endpoint of this.#endpoints.serving) {
      if (endpoint.state === "ejected" && nowMs >= endpoint.ejectedUntilMs) this.#tryOut(endpoint);
      if (takeCheckTurn(endpoint, this.#settings, nowMs, this.#deps.random())) void this.#check(endpoint);
    }
    this.#queue.reconsiderAll();
    this.#grant();
  }

  report(): EndpointReport[] {
    return Array.from(this.#endpoints.all(), reportOf);
  }

  /** Refuses those that wait and all that come; requests in flight end as usual. */
  close(): void {
    this.#stop.abort();
    this.#endpoints.close();
    this.#open = [];
    this.#queue.expire(Number.POSITIVE_INFINITY, refuseClosed);
  }

  #take(waiter: Waiter): Endpoint | null {
    const endpoint = chooseEndpoint(this.#open, this.#beyond(waiter), this.#deps.random);
    if (endpoint !== null) this.#occupy(waiter, endpoint);
    return endpoint;
  }

  /** How many more than an endpoint's slots may be in flight for this request to join. */
  #beyond(waiter: Waiter): number {
    return waiter.internal ? this.#workers * INTERNAL_PER_WORKER : 0;
  }

  #occupy(waiter: Waiter, endpoint: Endpoint): void {
    endpoint.inFlight++;
    if (waiter.internal) return;
    waiter.lane.inFlight++;
    waiter.lane.inFlightByRule[waiter.ruleIndex]!++;
  }

  #leave(endpoint: Endpoint): void {
    endpoint.inFlight--;
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
    if (this.#granting || this.#queue.depth === 0) return;
    this.#granting = true;
    try {
      for (;;) {
        const endpoint = chooseEndpoint(this.#open, 0, this.#deps.random);
        const waiter = endpoint === null ? null : this.#queue.take();
        if (endpoint === null || waiter === null) return;
        this.#occupy(waiter, endpoint);
        waiter.granted(endpoint);
      }
    } finally {
      this.#granting = false;
    }
  }

  /** After a change of endpoints, of their state or of `workers`. Those that wait stay: an endpoint may come back. */
  #reopen(): void {
    const serving = this.#endpoints.serving;
    for (const endpoint of serving) {
      endpoint.slots = endpoint.state === "trial" ? Math.min(endpoint.slots, this.#workers) : this.#workers;
    }
    this.#open = serving.filter((endpoint) => endpoint.state !== "ejected");
    this.#queue.slots = this.#workers * this.#open.length;
    this.#queueMax = QUEUED_PER_SLOT_MAX * this.#workers * serving.length;
    this.#grant();
  }

  /** One request more than it still has: the one that finds out. */
  #tryOut(endpoint: Endpoint): void {
    endpoint.state = "trial";
    endpoint.slots = endpoint.inFlight + 1;
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
    if (endpoint.state === "healthy") endpoint.faults = 0;
    else this.#restore(endpoint);
  }
}

const none: readonly Endpoint[] = [];

function refuseLate(waiter: Waiter): void {
  waiter.refused("queue_timeout");
}

function refuseClosed(waiter: Waiter): void {
  waiter.refused("no_healthy_upstream");
}
