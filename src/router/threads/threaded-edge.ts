/**
 * An edge of several threads. The one that runs this serves no client: it schedules for all, hands plans over, and replaces a
 * thread that ends.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { systemClock } from "../../core/clock.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { Plan } from "../../plan/types.ts";
import type { DrainTimes, ListenerAddress } from "../edge.ts";
import { toldToNobody } from "../edge-parts.ts";
import type { LimitEvents } from "../limits/store-watch.ts";
import type { LinkedPlan } from "../link.ts";
import type { Mode } from "../modes.ts";
import type { RunningEdge } from "../running-edge.ts";
import type { PoolEvents } from "../upstream/pool-deps.ts";
import type { EndpointReport } from "../upstream/pool-report.ts";
import { EdgeThread } from "./edge-thread.ts";
import { ListenerPorts } from "./listener-ports.ts";
import { ThreadGone } from "./message-line.ts";
import type { ThreadBirth } from "./messages.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { Scheduler, type ThreadWords } from "./scheduler.ts";
import { clockOriginMs } from "./thread-clock.ts";
import { ThreadGauges } from "./thread-gauges.ts";

/** What happens to threads, for logs. */
export interface ThreadEvents {
  died(part: number, reason: string): void;
  replaced(part: number): void;
  /** A thread could not be started in place of one that died; another try comes after `nextMs`. */
  failed(part: number, reason: string, nextMs: number): void;
  /** The scheduler's own fault. */
  fault(cause: unknown): void;
}

export interface ThreadedOptions {
  /** Shared by as many threads as it was allocated for; `metrics` read what they count. */
  readonly memory: ProcessMemory;
  readonly metrics: EdgeMetrics;
  readonly mode: Mode;
  readonly poolEvents: (pool: string, metricsIndex: number) => PoolEvents;
  readonly limitEvents?: LimitEvents;
  readonly events: ThreadEvents;
  readonly words: ThreadWords;
  /** Handed to the threads' program. */
  readonly settings: unknown;
  /** Starts the program that ends in `serveInThread`. */
  spawn(birth: ThreadBirth): Worker;
}

const SWEEP_MS = 100;
/** Pause before a thread that died is replaced; doubles when the next one dies soon. */
const RESTART_MS = 100;
const RESTART_MAX_MS = 30_000;
/** A thread that lived this long did not die of how it was started. */
const SETTLED_MS = 60_000;
/** How long threads have to write their last lines when all is cut. */
const CUT_MS = 1_500;

/** One part of the process: its thread, or the next one. */
interface Seat {
  readonly part: number;
  thread: EdgeThread | null;
  startedMs: number;
  /** Threads that died soon after they were started, one after the other. */
  deaths: number;
}

export class ThreadedEdge implements RunningEdge {
  /** Resolves, with the reason, when no thread serves and none can be started. */
  readonly lost: Promise<string>;
  readonly #options: ThreadedOptions;
  readonly #scheduler: Scheduler;
  readonly #seats: readonly Seat[];
  readonly #clock = systemClock;
  readonly #originMs = clockOriginMs();
  #ports = new ListenerPorts();
  readonly #giveUp: (reason: string) => void;
  /** Swaps and starts come one after the other: a new thread is to find one plan. */
  #turn: Promise<unknown> = Promise.resolve();
  #ending: Promise<unknown> | null = null;
  #sweeper: NodeJS.Timeout | null = null;

  /** Starts all threads on `plan`; rejects with the reason, and leaves none running, when one cannot be started. */
  static async start(plan: Plan, options: ThreadedOptions): Promise<ThreadedEdge> {
    const edge = new ThreadedEdge(plan, options);
    try {
      await edge.#begin(plan);
    } catch (cause) {
      edge.cut();
      await edge.close();
      throw cause;
    }
    return edge;
  }

  private constructor(plan: Plan, options: ThreadedOptions) {
    const { memory, metrics, mode, poolEvents, words, limitEvents = toldToNobody } = options;
    const lost = Promise.withResolvers<string>();
    this.lost = lost.promise;
    this.#giveUp = lost.resolve;
    this.#options = options;
    this.#seats = Array.from({ length: memory.parts - 1 }, (_, i) => ({
      part: i + 1,
      thread: null,
      startedMs: 0,
      deaths: 0,
    }));
    this.#scheduler = new Scheduler(plan, {
      memory,
      mode,
      metrics,
      poolEvents,
      limitEvents,
      words,
      clock: this.#clock,
      random: Math.random,
      announce: (tell) => {
        for (const thread of this.#threads) thread.tell(tell);
      },
    });
    new ThreadGauges(() => this.#threads).observe(metrics);
  }

  get plan(): LinkedPlan {
    return this.#scheduler.plan;
  }

  get draining(): boolean {
    return this.#scheduler.draining;
  }

  get addresses(): readonly ListenerAddress[] {
    return this.#ports.addresses;
  }

  endpoints(): readonly (EndpointReport & { readonly pool: string })[] {
    return this.#scheduler.upstreams.report();
  }

  socketsOf(tenant: string): number {
    return this.#scheduler.sockets.of(tenant);
  }

  /**
   * Puts `plan` into service in two steps: all threads open what it needs, then all serve it. Rejects, with the old plan in
   * service everywhere, when one of them cannot.
   */
  swap(plan: Plan): Promise<void> {
    return this.#inTurn(() => this.#swap(plan));
  }

  /** As of one thread: true when no thread had to cut anything, and none died meanwhile. */
  async drain(times: DrainTimes): Promise<boolean> {
    this.#scheduler.draining = true;
    const drained = await Promise.allSettled(this.#threads.map((thread) => thread.ask("drain", times)));
    this.#stop();
    return drained.every((end) => end.status === "fulfilled" && end.value);
  }

  cut(): void {
    this.#scheduler.draining = true;
    const cut = this.#threads.map((thread) => thread.ask("cut", null));
    this.#ending ??= Promise.race([Promise.allSettled(cut), delay(CUT_MS, undefined, { ref: false })]);
    this.#stop();
  }

  async close(): Promise<void> {
    await this.#ending;
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  get #threads(): readonly EdgeThread[] {
    return this.#seats.flatMap(({ thread }) => thread ?? []);
  }

  // ---- plans

  async #begin(plan: Plan): Promise<void> {
    const limits = await this.#scheduler.prepareLimits(plan);
    this.#ports = await this.#ports.find(plan.edge.listeners);
    await this.#scheduler.adopt(plan, limits);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    await Promise.all(this.#seats.map((seat) => this.#seatOne(seat)));
  }

  async #swap(plan: Plan): Promise<void> {
    const limits = await this.#scheduler.prepareLimits(plan);
    try {
      const ports = await this.#ports.find(plan.edge.listeners);
      for (const [listener, port] of ports.chosen) this.#tellAll({ kind: "port", listener, port });
      await this.#prepareAll(plan);
      this.#ports = ports;
    } catch (cause) {
      this.#tellAll({ kind: "discard" });
      this.#scheduler.discardLimits(limits);
      throw cause;
    }
    await this.#scheduler.adopt(plan, limits);
    await Promise.all(this.#threads.map((thread) => thread.commit(this.#scheduler.linksFor(thread))));
  }

  /** Rejects with what one thread could not do; a thread that died meanwhile is replaced later. */
  async #prepareAll(plan: Plan): Promise<void> {
    const placeOf = (tenant: Plan["tenants"][number]) => this.#scheduler.placeOf(plan, tenant);
    const prepared = await Promise.allSettled(
      this.#threads.map(async (thread) => {
        await thread.handOver(plan, placeOf);
        await thread.ask("prepare", null);
      }),
    );
    for (const end of prepared) {
      if (end.status === "rejected" && !(end.reason instanceof ThreadGone)) throw end.reason;
    }
  }

  #tellAll(tell: Parameters<EdgeThread["tell"]>[0]): void {
    for (const thread of this.#threads) thread.tell(tell);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  // ---- threads

  /** Starts a thread on the plan that serves; rejects with the reason when it does not come to serve. */
  async #seatOne(seat: Seat): Promise<void> {
    const thread = this.#spawn(seat);
    const { plan } = this.plan;
    try {
      await thread.handOver(plan, (tenant) => this.#scheduler.placeOf(plan, tenant));
      await thread.ask("start", this.#scheduler.linksFor(thread));
    } catch (cause) {
      await thread.terminate();
      throw cause instanceof ThreadGone ? new Error(`a thread could not be started: ${await thread.ended}`) : cause;
    }
    void thread.ended.then((reason) => this.#died(seat, reason));
  }

  #spawn(seat: Seat): EdgeThread {
    const { memory, mode, settings, spawn } = this.#options;
    const { part } = seat;
    const clock = { clockOriginMs: this.#originMs };
    const worker = spawn({ part, mode, memory, ...clock, ports: this.#ports.chosen, settings });
    const counts = { logins: this.#scheduler.newDesk(), sockets: this.#scheduler.sockets };
    const thread = new EdgeThread(part, worker, counts, (own) => this.#scheduler.listenerOf(own));
    this.#scheduler.introduce(thread);
    seat.thread = thread;
    seat.startedMs = this.#clock.nowMs();
    void thread.ended.then(() => this.#left(seat, thread));
    return thread;
  }

  /** Whatever a thread ended of, what it held is free. */
  #left(seat: Seat, thread: EdgeThread): void {
    if (seat.thread === thread) seat.thread = null;
    this.#scheduler.giveBack(thread);
  }

  /** One that served. */
  #died(seat: Seat, reason: string): void {
    if (this.#scheduler.draining) return;
    this.#options.metrics.increment("thread_deaths_total");
    this.#options.events.died(seat.part, reason);
    seat.deaths = this.#clock.nowMs() - seat.startedMs > SETTLED_MS ? 0 : seat.deaths + 1;
    void this.#replace(seat);
  }

  async #replace(seat: Seat): Promise<void> {
    for (;;) {
      const pauseMs = Math.min(RESTART_MS * 2 ** seat.deaths, RESTART_MAX_MS);
      await delay(pauseMs, undefined, { ref: false });
      if (this.#scheduler.draining) return;
      try {
        await this.#inTurn(() => this.#seatOne(seat));
        return this.#options.events.replaced(seat.part);
      } catch (cause) {
        seat.deaths++;
        const reason = cause instanceof Error ? cause.message : String(cause);
        this.#options.events.failed(seat.part, reason, Math.min(RESTART_MS * 2 ** seat.deaths, RESTART_MAX_MS));
        if (this.#threads.length === 0) return this.#giveUp(reason);
      }
    }
  }

  #stop(): void {
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#scheduler.close();
  }

  #sweep(): void {
    try {
      this.#scheduler.sweep(this.#clock.nowMs());
    } catch (cause) {
      this.#options.events.fault(cause);
    }
  }
}
