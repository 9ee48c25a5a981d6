/** What one thread counted while a leg was measured. */
import type { RecordableHistogram } from "node:perf_hooks";
import { latencyHistogram, recordMs } from "./histograms.ts";
import { type ErrorKind, errorKinds } from "./result.ts";

/** One stretch of time. */
export interface IntervalTally {
  requests: number;
  errors: number;
  readonly latency: RecordableHistogram;
}

/** Plain data and histograms: it can be posted to another thread. */
export interface Tally {
  requests: number;
  /** Those that ended within the measured time, whenever they were due; and of these the right answers. */
  endedInTime: number;
  answeredInTime: number;
  readonly errors: Record<ErrorKind, number>;
  readonly statuses: Record<string, number>;
  connects: number;
  /** Requests that left late because every connection had one on its way. */
  waited: number;
  unsent: number;
  /** Of these, those that a connection was free for: it was the generator that did not come to send them. */
  missed: number;
  readonly latency: RecordableHistogram;
  /** How late requests left, for reasons of the generator's own. */
  readonly lag: RecordableHistogram;
  readonly intervals: readonly IntervalTally[];
}

/** Most stretches of a leg. */
const intervalsMax = 60;

/** Seconds of one stretch: whole ones, unless the leg is shorter. */
export function intervalSeconds(seconds: number): number {
  return Math.min(seconds, Math.ceil(seconds / intervalsMax));
}

/** The longest latency that is recorded: a time-out, noticed a little late. */
export function highestMs(timeoutMs: number): number {
  return timeoutMs + 1000;
}

export function emptyTally(seconds: number, timeoutMs: number): Tally {
  const highest = highestMs(timeoutMs);
  const count = Math.ceil(seconds / intervalSeconds(seconds));
  return {
    requests: 0,
    endedInTime: 0,
    answeredInTime: 0,
    errors: Object.fromEntries(errorKinds.map((kind) => [kind, 0])) as Record<ErrorKind, number>,
    statuses: {},
    connects: 0,
    waited: 0,
    unsent: 0,
    missed: 0,
    latency: latencyHistogram(highest),
    lag: latencyHistogram(highest),
    intervals: Array.from({ length: count }, () => ({ requests: 0, errors: 0, latency: latencyHistogram(highest) })),
  };
}

/** Counts one request that ended; `sinceMs` is when it was due, from the beginning of the measured part. */
export function count(
  tally: Tally,
  latencyMs: number,
  interval: IntervalTally,
  error: ErrorKind | null,
  status: number,
): void {
  tally.requests++;
  interval.requests++;
  if (status > 0) tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  if (error === null) {
    recordMs(tally.latency, latencyMs);
    recordMs(interval.latency, latencyMs);
  } else {
    tally.errors[error]++;
    interval.errors++;
  }
}
