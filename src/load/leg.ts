/** One stretch of load against one target, made by threads of its own. */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { ArrivalShare } from "./arrivals.ts";
import type { Address } from "./load-connection.ts";
import { hrtimeMs } from "./pacer.ts";
import type { Tally } from "./tally.ts";
import type { Traffic } from "./traffic.ts";

/** What one thread has to do. Plain data. */
export interface LegShare {
  readonly address: Address;
  readonly expectWorker: string;
  /** Null in a closed loop. */
  readonly arrivals: ArrivalShare | null;
  /** Requests on their way at a time. */
  readonly connections: number;
  /** WebSockets held open at a time. */
  readonly socketsMax: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly timeoutMs: number;
  readonly seed: number;
  readonly traffic: Traffic;
  /** Port of the origin that clients see. */
  readonly originPort: number;
}

/** What a thread says, in this order. */
export type ThreadMessage =
  /** It can begin, and waits to be told when. */
  | { readonly kind: "ready" }
  | { readonly kind: "measuring" }
  /** The share of the measured time in which the loop had work. */
  | { readonly kind: "measured"; readonly loopBusy: number }
  | { readonly kind: "done"; readonly tally: Tally };

/** What a thread is told once all of them are ready: when to begin, on the clock that they share (`hrtimeMs`). */
export interface StartMessage {
  readonly startMs: number;
}

/** What a thread found. */
export interface ThreadOutcome {
  readonly tally: Tally;
  readonly loopBusy: number;
}

/** Told once each, at the boundaries of the measured time. */
export interface LegBoundaries {
  readonly measuring: () => void;
  readonly measured: () => void;
}

/** Between the last thread's being ready and the first request that is due, so that the beginning itself makes none late. */
const settleMs = 20;
const threadUrl = new URL(`./generator-thread${extname(import.meta.url)}`, import.meta.url);

/** Runs the threads' shares at once. Rejects when a thread fails; none is left then. */
export async function runThreads(shares: readonly LegShare[], boundaries: LegBoundaries): Promise<ThreadOutcome[]> {
  const quiet: LegBoundaries = { measuring: () => {}, measured: () => {} };
  const threads = shares.map((workerData) => new Worker(threadUrl, { workerData }));
  let starting = threads.length;
  const ready = (): void => {
    if (--starting > 0) return;
    const start: StartMessage = { startMs: hrtimeMs() + settleMs };
    for (const thread of threads) thread.postMessage(start);
  };
  try {
    return await Promise.all(threads.map((thread, i) => outcomeOf(thread, ready, i === 0 ? boundaries : quiet)));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function outcomeOf(thread: Worker, ready: () => void, boundaries: LegBoundaries): Promise<ThreadOutcome> {
  return new Promise((resolve, reject) => {
    let loopBusy = 0;
    thread.on("message", (message: ThreadMessage) => {
      if (message.kind === "ready") ready();
      else if (message.kind === "measuring") boundaries.measuring();
      else if (message.kind === "measured") {
        ({ loopBusy } = message);
        boundaries.measured();
      } else resolve({ tally: message.tally, loopBusy });
    });
    thread.on("error", reject);
    // What follows the outcome has no effect.
    thread.on("exit", (code) => reject(new Error(`a generator's thread ended with code ${code}`)));
  });
}
