/**
 * Latencies in HDR histograms: Node's own, which is HdrHistogram in C. One value in a thousand is told from the next, all
 * quantiles are upper bounds of their bucket, recording takes 30 ns and one histogram some 140 KiB.
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { Latency, Percentile } from "./result.ts";

const FIGURES = 3;

/** A histogram of whole microseconds up to `highestMs`. */
export function latencyHistogram(highestMs: number): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: Math.ceil(highestMs * 1000), figures: FIGURES });
}

/** Records milliseconds with a fraction; what is below a microsecond counts as one. */
export function recordMs(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1000)));
}

/** All values of all of them. Throws when a value was above what they hold: that would shorten the tail in silence. */
export function merged(histograms: readonly RecordableHistogram[], highestMs: number): RecordableHistogram {
  const sum = latencyHistogram(highestMs);
  for (const one of histograms) {
    if (one.exceeds > 0) throw new Error(`${one.exceeds} latencies were longer than a histogram holds`);
    if (one.count > 0) sum.add(one);
  }
  return sum;
}

const always: readonly number[] = [0, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95, 99, 99.9, 99.99, 100];
const ticksPerHalving = 5;

/** Figures of a histogram, all zero for an empty one. */
export function latencyOf(histogram: RecordableHistogram): Latency {
  const { count } = histogram;
  if (count === 0)
    return { count, minUs: 0, meanUs: 0, maxUs: 0, percentiles: always.map((percentile) => ({ percentile, us: 0 })) };
  const percentiles = percentileTicks(count).map(
    (percentile): Percentile => ({ percentile, us: atPercentile(histogram, percentile) }),
  );
  return { count, minUs: histogram.min, meanUs: histogram.mean, maxUs: histogram.max, percentiles };
}

/** Microseconds within which so many percent of the values lie; 0 for an empty histogram. */
export function atPercentile(histogram: RecordableHistogram, percentile: number): number {
  if (histogram.count === 0) return 0;
  if (percentile === 0) return histogram.min;
  return Math.min(histogram.percentile(percentile), histogram.max);
}

/** Ever finer towards the end, as far as there are values to tell: the ticks of HdrHistogram's own plots. */
function percentileTicks(count: number): number[] {
  const ticks = new Set(always);
  for (let rest = 50; rest / 100 > 1 / count; rest /= 2) {
    for (let i = 0; i < ticksPerHalving; i++) ticks.add(100 - rest + (rest / 2) * (i / ticksPerHalving));
  }
  return [...ticks].sort((a, b) => a - b);
}
