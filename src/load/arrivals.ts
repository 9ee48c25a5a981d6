/** When requests are due, whatever becomes of those before. */
import type { Random } from "./random.ts";

export const arrivalKinds = ["constant", "poisson"] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

/** One thread's part of the arrivals. */
export interface ArrivalShare {
  readonly kind: ArrivalKind;
  /** Requests a second of all threads together. */
  readonly rate: number;
  readonly thread: number;
  readonly threads: number;
}

/**
 * Gives, call by call, the milliseconds from the start at which this thread's next request is due; ascending.
 *
 * Constant: the threads take turns, so that together they are as even as one alone. Poisson: gaps are drawn from the
 * exponential distribution, and the sum of independent Poisson processes is one again.
 */
export function arrivalTimes({ kind, rate, thread, threads }: ArrivalShare, random: Random): () => number {
  if (kind === "constant") {
    let index = thread;
    return () => {
      const dueMs = (index * 1000) / rate;
      index += threads;
      return dueMs;
    };
  }
  const meanGapMs = (1000 * threads) / rate;
  let dueMs = 0;
  return () => {
    dueMs -= Math.log(1 - random()) * meanGapMs;
    return dueMs;
  };
}
