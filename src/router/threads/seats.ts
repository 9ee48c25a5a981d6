/** The threads that serve: started, watched, and replaced when they end. */
import { setTimeout as delay } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { Mode } from "../modes.ts";
import { EdgeThread } from "./edge-thread.ts";
import { ThreadGone } from "./message-line.ts";
import type { ThreadBirth } from "./messages.ts";
import type { ProcessMemory } from "./process-memory.ts";
import type { Scheduler } from "./scheduler.ts";
import { clockOriginMs } from "./thread-clock.ts";
import { watchThread } from "./thread-watch.ts";
import type { Turns } from "./turns.ts";

/** What happens to threads, for logs. */
export interface ThreadEvents {
  died(part: number, reason: string): void;
  replaced(part: number): void;
  /** A thread could not be started in place of one that died; another try comes after `nextMs`. */
  failed(part: number, reason: string, nextMs: number): void;
  /** The scheduler's own fault. */
  fault(cause: unknown): void;
}

/** How threads come to be. */
export interface SeatOptions {
  /** Shared by as many threads as it was allocated for; `metrics` read what they count. */
  readonly memory: ProcessMemory;
  readonly metrics: EdgeMetrics;
  readonly mode: Mode;
  readonly events: ThreadEvents;
  /** Handed to the threads' program. */
  readonly settings: unknown;
  /** How long a thread may answer nothing before it is ended and replaced; 20 s where it is left out. */
  readonly stuckMs?: number;
  /** Starts the program that ends in `serveInThread`. */
  spawn(birth: ThreadBirth): Worker;
}

export interface SeatNeeds {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  /** A new thread is to find one plan: starts and swaps come one after the other. */
  readonly turns: Turns;
  /** Ports of listeners whose plan says 0, by name. */
  readonly ports: () => ReadonlyMap<string, number>;
  /** Told, with the reason, when no thread serves and none can be started. */
  readonly lost: (reason: string) => void;
}

/** Pause before a thread that died is replaced; doubles when the next one dies soon. */
const RESTART_MS = 100;
const RESTART_MAX_MS = 30_000;
/** A thread that lived this long did not die of how it was started. */
const SETTLED_MS = 60_000;
/** No step of an edge, a full collection of garbage included, takes nearly as long. */
const STUCK_MS = 20_000;

/** One part of the process: its thread, or the next one. */
interface Seat {
  readonly part: number;
  thread: EdgeThread | null;
  /** The thread has opened its listeners. */
  serves: boolean;
  startedMs: number;
  /** Threads that died soon after they were started, one after the other. */
  deaths: number;
}

export class Seats {
  readonly #options: SeatOptions;
  readonly #needs: SeatNeeds;
  readonly #seats: readonly Seat[];
  readonly #originMs = clockOriginMs();

  constructor(options: SeatOptions, needs: SeatNeeds) {
    this.#options = options;
    this.#needs = needs;
    this.#seats = Array.from({ length: options.memory.parts - 1 }, (_, i) => ({
      part: i + 1,
      thread: null,
      serves: false,
      startedMs: 0,
      deaths: 0,
    }));
  }

  get threads(): readonly EdgeThread[] {
    return this.#seats.flatMap(({ thread }) => thread ?? []);
  }

  /** Whether any thread serves. */
  get serving(): boolean {
    return this.#seats.some(({ serves }) => serves);
  }

  /** Starts all threads; rejects with the reason when one does not come to serve. */
  async fill(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => this.#fillOne(seat)));
  }

  /** Starts a thread on the plan that serves; rejects with the reason when it does not come to serve. */
  async #fillOne(seat: Seat): Promise<void> {
    const { scheduler } = this.#needs;
    const thread = this.#spawn(seat);
    const { plan } = scheduler.plan;
    try {
      await thread.handOver(plan, (tenant) => scheduler.placeOf(plan, tenant));
      await thread.ask("start", scheduler.linksFor(thread));
    } catch (cause) {
      await thread.terminate();
      throw cause instanceof ThreadGone ? new Error(`a thread could not be started: ${await thread.ended}`) : cause;
    }
    seat.serves = seat.thread === thread;
    watchThread(thread, this.#options.stuckMs ?? STUCK_MS);
    void thread.ended.then((reason) => this.#died(seat, reason));
  }

  #spawn(seat: Seat): EdgeThread {
    const { memory, mode, settings, spawn } = this.#options;
    const { scheduler, clock, ports } = this.#needs;
    const { part } = seat;
    const worker = spawn({ part, mode, memory, clockOriginMs: this.#originMs, ports: ports(), settings });
    const counts = { logins: scheduler.newDesk(), sockets: scheduler.sockets };
    const thread = new EdgeThread(part, worker, counts, (own) => scheduler.listenerOf(own));
    scheduler.introduce(thread);
    seat.thread = thread;
    seat.startedMs = clock.nowMs();
    void thread.ended.then(() => this.#left(seat, thread));
    return thread;
  }

  /** Whatever a thread ended of, what it held is free. */
  #left(seat: Seat, thread: EdgeThread): void {
    if (seat.thread === thread) {
      seat.thread = null;
      seat.serves = false;
    }
    this.#needs.scheduler.giveBack(thread);
  }

  /** One that served. */
  #died(seat: Seat, reason: string): void {
    const { scheduler, clock } = this.#needs;
    if (scheduler.draining) return;
    this.#options.metrics.increment("thread_deaths_total");
    this.#options.events.died(seat.part, reason);
    seat.deaths = clock.nowMs() - seat.startedMs > SETTLED_MS ? 0 : seat.deaths + 1;
    void this.#replace(seat);
  }

  async #replace(seat: Seat): Promise<void> {
    const { scheduler, turns, lost } = this.#needs;
    const { events } = this.#options;
    for (;;) {
      await delay(pauseMs(seat), undefined, { ref: false });
      if (scheduler.draining) return;
      try {
        await turns.take(() => this.#fillOne(seat));
        return events.replaced(seat.part);
      } catch (cause) {
        if (scheduler.draining) return;
        seat.deaths++;
        const reason = cause instanceof Error ? cause.message : String(cause);
        events.failed(seat.part, reason, pauseMs(seat));
        if (this.threads.length === 0) return lost(reason);
      }
    }
  }
}

function pauseMs({ deaths }: Seat): number {
  return Math.min(RESTART_MS * 2 ** deaths, RESTART_MAX_MS);
}
