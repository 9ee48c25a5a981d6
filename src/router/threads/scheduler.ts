/**
 * Decides for all threads: which worker is whose turn, and what else only one may count. What it decides with is what decides
 * where one thread serves alone.
 */
import type { Clock } from "../../core/clock.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { Plan, PlannedTenant } from "../../plan/types.ts";
import { LoginFailures } from "../../policy/limits/login-failures.ts";
import { RateLimits } from "../../policy/limits/rate-limits.ts";
import { LOGINS_MAX } from "../edge-parts.ts";
import { ASKED, type LimitAsker, type LimitGate, UNAVAILABLE } from "../limits/limit-gate.ts";
import { PlanLimits } from "../limits/plan-limits.ts";
import { SharedLimits } from "../limits/shared-limits.ts";
import type { LimitEvents } from "../limits/store-watch.ts";
import { type LinkedPlan, linkPlan, nothingLinked } from "../link.ts";
import type { Mode } from "../modes.ts";
import { observeProcess } from "../observe-edge.ts";
import { observeRates } from "../observe-rates.ts";
import { SocketCounts } from "../socket-counts.ts";
import type { PoolEvents } from "../upstream/pool-deps.ts";
import type { TenantLane } from "../upstream/tenant-lane.ts";
import { Upstreams } from "../upstreams.ts";
import type { EdgeThread } from "./edge-thread.ts";
import { LoginDesk } from "./login-desk.ts";
import type { Listener } from "./message-line.ts";
import type { FromThread, PlanLinks } from "./messages.ts";
import { SCHEDULER } from "./parts.ts";
import type { Announce, PoolForThreads, ReleasedTold, WaitTold } from "./pool-for-threads.ts";
import { PoolsForThreads } from "./pools-for-threads.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { SchedulerTenants } from "./scheduler-tenants.ts";
import { SharedBudget } from "./shared-budget.ts";
import { SharedConnections } from "./shared-connections.ts";

/** What the programs of the threads say to the scheduler's. */
export interface ThreadWords {
  /** Whole lines of one stream. */
  lines(stream: string, bytes: Uint8Array): void;
  heard(what: unknown): void;
}

export interface SchedulerNeeds {
  readonly memory: ProcessMemory;
  readonly mode: Mode;
  readonly metrics: EdgeMetrics;
  readonly clock: Clock;
  readonly random: () => number;
  readonly poolEvents: (pool: string, metricsIndex: number) => PoolEvents;
  readonly limitEvents: LimitEvents;
  readonly words: ThreadWords;
  readonly announce: Announce;
}

export class Scheduler {
  readonly sockets = new SocketCounts();
  readonly upstreams: Upstreams;
  readonly #needs: SchedulerNeeds;
  readonly #failures = new LoginFailures(LOGINS_MAX);
  readonly #limits: PlanLimits;
  readonly #pools: PoolsForThreads;
  readonly #tenants: SchedulerTenants;
  readonly #bodyMemory: SharedBudget;
  readonly #bodyDisk: SharedBudget;
  #gate: LimitGate | null = null;
  #plan: LinkedPlan;
  /** The one before: requests that began with it may still come to ask. */
  #before: LinkedPlan;
  draining = false;

  constructor(plan: Plan, needs: SchedulerNeeds) {
    const { memory, metrics, clock, random, limitEvents: events, announce, poolEvents } = needs;
    this.#needs = needs;
    this.#plan = nothingLinked(plan);
    this.#before = this.#plan;
    this.#pools = new PoolsForThreads({ parts: memory.parts, clock, random, poolEvents, announce });
    this.#tenants = new SchedulerTenants(memory.parts, announce, (pool) => this.#pools.of(pool).lanes);
    this.upstreams = new Upstreams(metrics, (...pool) => this.#pools.make(...pool), needs.mode);
    this.#limits = new PlanLimits((settings) => SharedLimits.open(settings, { metrics, events, clock, random }));
    this.#bodyMemory = new SharedBudget(memory.bodyMemory, SCHEDULER);
    this.#bodyDisk = new SharedBudget(memory.bodyDisk, SCHEDULER);
    observeProcess(metrics, {
      plan: () => this.#plan.plan,
      draining: () => this.draining,
      upstreams: this.upstreams.byName,
      logins: () => this.#failures.size,
      bodies: { memory: this.#bodyMemory, disk: this.#bodyDisk },
    });
    observeRates(metrics, new RateLimits(memory.rates), clock);
  }

  get plan(): LinkedPlan {
    return this.#plan;
  }

  // ---- plans

  /** Behind Envoy, which counts them itself, there are no limits of others'. */
  async prepareLimits(plan: Plan): Promise<LimitGate | null> {
    return this.#needs.mode === "edge" ? this.#limits.prepare(plan) : null;
  }

  discardLimits(limits: LimitGate | null): void {
    this.#limits.discard(limits);
  }

  /** Takes over `plan`; threads that are told to serve it may ask at once. */
  async adopt(plan: Plan, limits: LimitGate | null): Promise<void> {
    const upstreams = this.upstreams.open(plan);
    const linked = await linkPlan(plan, upstreams.list, this.#plan, this.#tenants);
    await upstreams.found;
    this.#before = this.#plan;
    this.#plan = linked;
    this.#limits.adopt(limits);
    this.#gate = limits;
    this.upstreams.adopt(plan, upstreams.list);
  }

  placeOf(plan: Plan, tenant: PlannedTenant): number {
    return this.#tenants.placeOf(plan.pools[tenant.pool]!, tenant);
  }

  /** How a thread links the plan that serves. It may ask the plan's pools from now on. */
  linksFor(thread: EdgeThread): PlanLinks {
    const pools = this.#plan.plan.pools.map(({ name }) => this.#pools.of(this.upstreams.byName.get(name)!).id);
    this.#pools.use(thread, pools);
    return { pools, metricsPools: this.#needs.metrics.pools, loginKey: this.#gate?.loginKey ?? null };
  }

  // ---- threads

  /** What a new thread has to know of what was told to all. */
  introduce(thread: EdgeThread): void {
    this.#tenants.introduce(thread);
    this.#pools.introduce(thread);
  }

  newDesk(): LoginDesk {
    return new LoginDesk(this.#failures, this.#needs.clock);
  }

  /** A thread ended: what it held is free. */
  giveBack(thread: EdgeThread): void {
    const { part } = thread;
    const { memory } = this.#needs;
    thread.giveBack();
    this.#pools.giveBack(thread);
    this.#tenants.giveBack(part);
    this.#bodyMemory.giveBack(part);
    this.#bodyDisk.giveBack(part);
    new SharedBudget(memory.responses, SCHEDULER).giveBack(part);
    new SharedConnections(memory.connections, SCHEDULER).giveBack(part);
    this.#pools.reconsider();
  }

  /** How a thread's messages are taken in. */
  listenerOf(thread: EdgeThread): Listener<FromThread> {
    const { logins } = thread;
    const { words } = this.#needs;
    return {
      told: (tell) => this.#told(thread, tell),
      asked: {
        socket: (question) => thread.openSocket(question),
        knows: (question) => logins.knows(question),
        login: (question) => logins.begin(question),
        settle: ({ attempt, outcome, limits }) => logins.settle(attempt, outcome, limits),
        limit: ({ limits, tenant, rule, client }) =>
          this.#askLimits((gate, asker) => gate.ask(limits, tenant, rule, client, asker)),
        loginLimit: ({ limits, tenant, rule, loginHash }) =>
          this.#askLimits((gate, asker) => gate.askLogin(limits, tenant, rule, loginHash, asker)),
        lines({ stream, bytes }) {
          words.lines(stream, bytes);
          return null;
        },
      },
    };
  }

  sweep(nowMs: number): void {
    this.#pools.countUsers();
    this.upstreams.sweep(nowMs);
    this.#pools.forgetUnused(this.upstreams.byName);
  }

  close(): void {
    this.upstreams.close();
    this.#limits.adopt(null);
    this.#gate = null;
  }

  #told(thread: EdgeThread, tell: FromThread["tells"]): void {
    switch (tell.kind) {
      case "wait":
        return this.#wait(thread, tell);
      case "leave":
        return this.#pools.get(tell.pool)?.leave(thread, tell.request);
      case "released":
        return this.#released(tell);
      case "failed":
        return this.#pools.get(tell.pool)?.failed(tell.endpoint, tell.fault);
      case "succeeded":
        return this.#pools.get(tell.pool)?.succeeded(tell.endpoint);
      case "poolClosed":
        this.#pools.get(tell.pool)?.users.delete(thread);
        return;
      case "closeSocket":
        return thread.closeSocket(tell.tenant, tell.client);
      case "say":
        return this.#needs.words.heard(tell.what);
    }
  }

  #wait(thread: EdgeThread, tell: WaitTold): void {
    const pool = this.#pools.get(tell.pool);
    if (pool === undefined) return;
    const lane = this.#laneOf(pool, tell);
    if (lane === null) this.#tenants.countsAt(tell.place).settle(thread.part);
    pool.wait(thread, lane, tell);
  }

  #released({ pool: id, place, rule }: ReleasedTold): void {
    const pool = this.#pools.get(id);
    pool?.released(pool.lanes.get(place) ?? null, rule);
  }

  /**
   * The lane of a tenant that is to wait in this pool, as the newest plan says that has it there; that of a still older plan
   * where it waited then, or null.
   */
  #laneOf(pool: PoolForThreads, { place, tenant }: WaitTold): TenantLane | null {
    for (const { tenants } of [this.#plan, this.#before]) {
      const linked = tenants.get(tenant);
      if (linked !== undefined && this.#pools.of(linked.upstream) === pool) return linked.lane;
    }
    return pool.lanes.get(place) ?? null;
  }

  #askLimits(ask: (gate: LimitGate, asker: LimitAsker) => number): number | Promise<number> {
    if (this.#gate === null) return UNAVAILABLE;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waitMs = ask(this.#gate, { limitAnswered: resolve, questionFailed: reject });
    return waitMs === ASKED ? promise : waitMs;
  }
}
