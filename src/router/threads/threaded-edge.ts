/**
 * An edge of several threads. The one that runs this serves no client: it schedules for all, hands plans over, and replaces a
 * thread that ends.
 */
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../core/clock.ts";
import type { Plan } from "../../plan/types.ts";
import type { DrainTimes, ListenerAddress } from "../edge.ts";
import { toldToNobody } from "../edge-parts.ts";
import type { LimitEvents } from "../limits/store-watch.ts";
import type { LinkedPlan } from "../link.ts";
import type { RunningEdge } from "../running-edge.ts";
import type { PoolEvents } from "../upstream/pool-deps.ts";
import type { EndpointReport } from "../upstream/pool-report.ts";
import type { EdgeThread } from "./edge-thread.ts";
import { ListenerPorts } from "./listener-ports.ts";
import { ThreadGone } from "./message-line.ts";
import { Scheduler, type ThreadWords } from "./scheduler.ts";
import { type SeatOptions, Seats } from "./seats.ts";
import { ThreadGauges } from "./thread-gauges.ts";
import { Turns } from "./turns.ts";

export interface ThreadedOptions extends SeatOptions {
  readonly poolEvents: (pool: string, metricsIndex: number) => PoolEvents;
  readonly limitEvents?: LimitEvents;
  readonly words: ThreadWords;
}

const SWEEP_MS = 100;
/** How long threads have to write their last lines when all is cut. */
const CUT_MS = 1_500;

export class ThreadedEdge implements RunningEdge {
  /** Resolves, with the reason, when no thread serves and none can be started. */
  readonly lost: Promise<string>;
  readonly #options: ThreadedOptions;
  readonly #scheduler: Scheduler;
  readonly #seats: Seats;
  readonly #turns = new Turns();
  readonly #clock = systemClock;
  #ports = new ListenerPorts();
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
    this.#options = options;
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
    this.#seats = new Seats(options, {
      scheduler: this.#scheduler,
      clock: this.#clock,
      turns: this.#turns,
      ports: () => this.#ports.chosen,
      lost: lost.resolve,
    });
    new ThreadGauges(() => this.#threads).observe(metrics);
  }

  get plan(): LinkedPlan {
    return this.#scheduler.plan;
  }

  get serving(): boolean {
    return this.#seats.serving;
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
    return this.#turns.take(() => this.#swap(plan));
  }

  /** As of one thread: true when no thread had to cut anything, and none died meanwhile or did not answer in time. */
  async drain(times: DrainTimes): Promise<boolean> {
    this.#scheduler.draining = true;
    const drains = Promise.allSettled(this.#threads.map((thread) => thread.ask("drain", times)));
    const late = delay(times.deadlineMs + CUT_MS, null, { ref: false });
    const drained = await Promise.race([drains, late]);
    this.#stop();
    return drained?.every((end) => end.status === "fulfilled" && end.value) ?? false;
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
    return this.#seats.threads;
  }

  // ---- plans

  async #begin(plan: Plan): Promise<void> {
    const limits = await this.#scheduler.prepareLimits(plan);
    this.#ports = await this.#ports.find(plan.edge.listeners);
    await this.#scheduler.adopt(plan, limits);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    await this.#seats.fill();
  }

  async #swap(plan: Plan): Promise<void> {
    const limits = await this.#scheduler.prepareLimits(plan);
    try {
      const ports = await this.#ports.find(plan.edge.listeners);
      for (const [listener, port] of ports.chosen) this.#tellAll({ kind: "port", listener, port });
      await this.#prepareAll(plan);
      if (this.#scheduler.draining) throw new Error("the process stops");
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
