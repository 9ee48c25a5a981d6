import { setTimeout as delay } from "node:timers/promises";
import type { EdgeMetrics, Observations } from "../../metrics/edge-metrics.ts";
import type { GaugeName } from "../../metrics/table.ts";
import type { EdgeThread } from "./edge-thread.ts";
import { gaugesOfThreads } from "./serve-in-thread.ts";

/** How long a scrape waits for a thread; one that is busy for longer says what it said before. */
const OBSERVE_MS = 1_000;

/** Gauges that each thread has its own of, asked for when they are read. */
export class ThreadGauges {
  readonly #threads: () => readonly EdgeThread[];
  readonly #before = new WeakMap<EdgeThread, Observations>();
  #asking: Promise<readonly Observations[]> | null = null;

  /** `threads` gives those that serve now. */
  constructor(threads: () => readonly EdgeThread[]) {
    this.#threads = threads;
  }

  observe(metrics: EdgeMetrics): void {
    metrics.observe("threads", () => this.#threads().length);
    for (const [name, merge] of Object.entries(gaugesOfThreads)) {
      metrics.observeElsewhere(name as GaugeName, { merge, ask: () => this.#ask() });
    }
  }

  /** What each thread says; gauges that are read together ask once. */
  #ask(): Promise<readonly Observations[]> {
    this.#asking ??= Promise.all(this.#threads().map((thread) => this.#askOne(thread))).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askOne(thread: EdgeThread): Promise<Observations> {
    const gone = () => nothingSaid;
    const late = delay(OBSERVE_MS, null, { ref: false });
    const said = await Promise.race([thread.ask("observe", null).catch(gone), late]);
    const now = said ?? this.#before.get(thread) ?? nothingSaid;
    this.#before.set(thread, now);
    return now;
  }
}

const nothingSaid: Observations = new Map();
