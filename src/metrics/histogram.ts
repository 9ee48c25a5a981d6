import { type CellShare, unshared } from "./cell-memory.ts";
import { Cells, type LabelValues } from "./counters.ts";
import type { Label } from "./labels.ts";

/**
 * Upper bounds of the duration buckets, in milliseconds: from what the edge adds to the longest request that a tier
 * usually allows.
 */
export const boundsMs: readonly number[] = [
  0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 720_000,
];
const WIDTH = boundsMs.length + 1;
const bounds = Float64Array.from(boundsMs);

/** What one series of a histogram holds; `buckets` are not cumulative, the last one is over all bounds. */
export interface HistogramSeries {
  readonly labels: LabelValues;
  readonly buckets: Float64Array;
  readonly sumSeconds: number;
}

/**
 * Durations in fixed buckets, all series in one flat array.
 *
 * Hot: `record` runs up to three times per request and may not allocate. Bench: bench/micro/metrics.ts.
 */
export class Histogram {
  readonly #sums: Cells;
  readonly #others: readonly Float64Array[];
  #buckets: Float64Array;

  constructor(labels: readonly Label[], share: CellShare = unshared) {
    this.#sums = new Cells(labels, share);
    const most = Cells.most(labels) * WIDTH;
    this.#buckets = share.own?.take(most) ?? new Float64Array(this.#sums.data.length * WIDTH);
    this.#others = share.others.map((memory) => memory.take(most));
  }

  /** The most numbers that a histogram with these labels keeps. */
  static most(labels: readonly Label[]): number {
    return Cells.most(labels) * (1 + WIDTH);
  }

  /** Makes room for `pools` pools. */
  grow(pools: number): void {
    this.#sums.grow(pools);
    if (this.#buckets.length === this.#sums.data.length * WIDTH) return;
    const larger = new Float64Array(this.#sums.data.length * WIDTH);
    larger.set(this.#buckets);
    this.#buckets = larger;
  }

  /** Counts one duration in the series `cell` (pool first, as in the table). */
  record(cell: number, durationMs: number): void {
    let bucket = 0;
    while (bucket < WIDTH - 1 && durationMs > (bounds[bucket] as number)) bucket++;
    (this.#buckets[cell * WIDTH + bucket] as number) += 1;
    (this.#sums.data[cell] as number) += durationMs;
  }

  /** The series that have counted something. */
  *series(pools: readonly string[]): Generator<HistogramSeries> {
    for (let cell = 0; cell < this.#sums.count(pools.length); cell++) {
      const buckets = this.#bucketsOf(cell);
      if (buckets.every((count) => count === 0)) continue;
      const labels = this.#sums.valuesOf(cell, pools);
      yield { labels, buckets, sumSeconds: this.#sums.value(cell) / 1000 };
    }
  }

  /** What all threads counted. */
  #bucketsOf(cell: number): Float64Array {
    const [from, to] = [cell * WIDTH, (cell + 1) * WIDTH];
    if (this.#others.length === 0) return this.#buckets.subarray(from, to);
    const sums = this.#buckets.slice(from, to);
    for (const other of this.#others) for (let i = 0; i < WIDTH; i++) sums[i]! += other[from + i] as number;
    return sums;
  }
}
