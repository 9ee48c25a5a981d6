import { Registry } from "prom-client";
import { type AnswerCode, answerCodes } from "../core/answers.ts";
import { CellMemory, type CellShare } from "./cell-memory.ts";
import { Cells, type LabelValues } from "./counters.ts";
import { histogramSamples, register, type Sample, scalarSamples } from "./exposition.ts";
import { Histogram } from "./histogram.ts";
import {
  classLabels,
  codeLabels,
  connectResults,
  type LimitConsistency,
  type LimitResult,
  limitResults,
  ruleLabels,
  type StoreUse,
  stepLabels,
  storeUses,
} from "./labels.ts";
import { PoolNames } from "./pool-names.ts";
import type { AccessRecord } from "./record.ts";
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type MetricName,
  metricTable,
  type Place,
} from "./table.ts";

const RULES = ruleLabels.length;
const CODES = codeLabels.length;
const CLASSES = classLabels.length;
const codeIndexes = new Map<AnswerCode | "", number>([
  ["", 0],
  ...answerCodes.map((code, i) => [code, i + 1] as const),
]);

/** Answers that have a counter of their own besides `requests_total`. */
const ownCounter: Partial<Record<AnswerCode, CounterName>> = {
  binding_lost: "binding_lost_total",
  origin_refused: "tunnels_refused_total",
  sockets_exhausted: "tunnels_refused_total",
};

const OPENED = connectResults.indexOf("opened");
const REUSED = connectResults.indexOf("reused");

/** Memory of instruments that threads share. Nobody's where it is left out. */
export interface MetricsMemory {
  /** Where this thread counts. */
  readonly own?: SharedArrayBuffer;
  /** Where other threads count: this one reads them. */
  readonly others?: readonly SharedArrayBuffer[];
}

/** A gauge that other threads have, too: how their numbers become one, and how they are asked for. */
export interface GaugeElsewhere {
  readonly merge: "sum" | "max";
  /** What each of the other threads says of each gauge. */
  ask(): Promise<readonly Observations[]>;
}

/** What gauges say, by name. */
export type Observations = ReadonlyMap<string, readonly (readonly [LabelValues, value: number])[]>;

/** Reads a gauge at scrape time: one number, or a number for each combination of label values. */
export type Read = () => number | Iterable<readonly [LabelValues, value: number]>;

/**
 * Every instrument of the edge.
 *
 * Hot numbers are typed arrays that a scrape reads; prom-client holds the registry and the text format only.
 * `finished` may not allocate. Bench: bench/micro/metrics.ts, 35 ns (2026-11-22).
 */
export class EdgeMetrics {
  /** What the telemetry server exposes. */
  readonly registry = new Registry();
  readonly #pools = new PoolNames();
  readonly #counters = new Map<CounterName, Cells>();
  readonly #histograms = new Map<HistogramName, Histogram>();
  readonly #reads = new Map<MetricName, Read>();
  readonly #elsewhere = new Map<MetricName, GaugeElsewhere>();
  readonly #ownCounters: readonly (Cells | null)[];

  readonly #requests: Cells;
  readonly #statuses: Cells;
  readonly #bytesIn: Cells;
  readonly #bytesOut: Cells;
  readonly #durations: Histogram;
  readonly #upstream: Histogram;
  readonly #queue: Histogram;
  readonly #store: Histogram;
  readonly #decisions: Cells;
  readonly #connects: Cells;

  constructor({ own, others = [] }: MetricsMemory = {}) {
    const share: CellShare = {
      own: own === undefined ? null : new CellMemory(own),
      others: others.map((buffer) => new CellMemory(buffer)),
    };
    for (const name of Object.keys(metricTable) as MetricName[]) this.#enter(name, share);
    this.#requests = this.#counter("requests_total");
    this.#statuses = this.#counter("response_status_total");
    this.#bytesIn = this.#counter("request_body_bytes_total");
    this.#bytesOut = this.#counter("response_body_bytes_total");
    this.#durations = this.#histogram("request_duration_seconds");
    this.#upstream = this.#histogram("upstream_duration_seconds");
    this.#queue = this.#histogram("queue_duration_seconds");
    this.#decisions = this.#counter("limit_decisions_total");
    this.#connects = this.#counter("connects_total");
    this.#store = this.#histogram("limit_store_duration_seconds");
    this.#ownCounters = ["" as const, ...answerCodes].map((code) => {
      const name = code === "" ? undefined : ownCounter[code];
      return name === undefined ? null : this.#counter(name);
    });
    this.#grow();
  }

  /** Memory for one thread's counts. */
  static allocate(): SharedArrayBuffer {
    const cells = Object.values(metricTable).map(({ kind, labels }) =>
      (kind === "histogram" ? Histogram : Cells).most(labels),
    );
    return new SharedArrayBuffer(cells.reduce((sum, most) => sum + most, 0) * Float64Array.BYTES_PER_ELEMENT);
  }

  /** Names of pools in the order of their indexes: for threads that must have the same. */
  get pools(): readonly string[] {
    return this.#pools.names;
  }

  /** The index of a pool for `AccessRecord.poolIndex` and `increment`; 0 is none. For link time: it may grow arrays. */
  poolIndex(pool: string): number {
    const index = this.#pools.add(pool);
    this.#grow();
    return index;
  }

  /** Counts one request that is over. Hot: once per request. */
  finished(record: AccessRecord): void {
    const pool = record.poolIndex;
    const series = pool * RULES + record.ruleIndex + 1;
    const code = codeIndexes.get(record.code) as number;
    const statusClass = Math.min((record.status / 100) | 0, CLASSES - 1);
    (this.#requests.data[series * CODES + code] as number) += 1;
    (this.#statuses.data[pool * CLASSES + statusClass] as number) += 1;
    (this.#bytesIn.data[pool] as number) += record.bytesIn;
    (this.#bytesOut.data[pool] as number) += record.bytesOut;
    const own = this.#ownCounters[code];
    if (own) (own.data[pool] as number) += 1;
    const asked = record.endpoint !== "";
    if (asked || record.queueMs > 0) this.#queue.record(pool, record.queueMs);
    if (record.tunnel) return; // hours, which would drown every other duration
    this.#durations.record(series, record.totalMs);
    if (asked) this.#upstream.record(pool, record.workerMs);
  }

  /** Adds to a counter; pools by index, other labels by a value of the table. */
  increment<N extends CounterName>(name: N, by = 1, ...place: Place<N>): void {
    const cells = this.#counter(name);
    (cells.data[cells.at(place)] as number) += by;
  }

  /** Counts a worker connection that a request was given, a kept one or a new one. Hot: once per request. */
  connected(pool: number, reused: boolean): void {
    (this.#connects.data[pool * connectResults.length + (reused ? REUSED : OPENED)] as number) += 1;
  }

  /** Counts one decision on a shared limit. Hot: once per request. */
  limitDecided(consistency: LimitConsistency, result: LimitResult): void {
    const series = consistency === "hybrid" ? 0 : limitResults.length;
    (this.#decisions.data[series + limitResults.indexOf(result)] as number) += 1;
  }

  /** Counts how long the shared store took. */
  storeAnswered(use: StoreUse, tookMs: number): void {
    this.#store.record(storeUses.indexOf(use), tookMs);
  }

  /** Counts a fault of the edge's own, caught in `step`. */
  fault(step: string): void {
    this.increment("faults_total", 1, stepLabels.find((label) => label === step) ?? "-");
  }

  /** Sets a gauge without labels. */
  setGauge(name: GaugeName, value: number): void {
    this.observe(name, () => value);
  }

  /** Has a number read at each scrape; the last reader given counts. A `pool` among the labels is its name. */
  observe(name: GaugeName | CounterName, read: Read): void {
    this.#reads.set(name, read);
  }

  /** Has a gauge read in other threads, too. */
  observeElsewhere(name: GaugeName, elsewhere: GaugeElsewhere): void {
    this.#elsewhere.set(name, elsewhere);
  }

  /** What gauges say here and now. */
  observations(names: readonly GaugeName[]): Observations {
    return new Map(names.map((name) => [name, [...this.#values(name)]]));
  }

  #counter(name: CounterName): Cells {
    return this.#counters.get(name) as Cells;
  }

  #histogram(name: HistogramName): Histogram {
    return this.#histograms.get(name) as Histogram;
  }

  #grow(): void {
    for (const instrument of [...this.#counters.values(), ...this.#histograms.values()]) {
      instrument.grow(this.#pools.labels.length);
    }
  }

  #enter(name: MetricName, share: CellShare): void {
    const { kind, labels } = metricTable[name];
    if (kind === "histogram") {
      const histogram = new Histogram(labels, share);
      this.#histograms.set(name as HistogramName, histogram);
      register(this.registry, name, () => histogramSamples(name, histogram.series(this.#pools.labels)));
    } else {
      if (kind === "counter") this.#counters.set(name as CounterName, new Cells(labels, share));
      register(this.registry, name, () => this.#samples(name as CounterName | GaugeName));
    }
  }

  #samples(name: CounterName | GaugeName): Iterable<Sample> | Promise<Iterable<Sample>> {
    const elsewhere = this.#elsewhere.get(name);
    if (elsewhere === undefined) return scalarSamples(name, this.#values(name));
    return elsewhere.ask().then((all) => {
      const said = [...this.#values(name), ...all.flatMap((observations) => observations.get(name) ?? [])];
      return scalarSamples(name, said, elsewhere.merge);
    });
  }

  #values(name: CounterName | GaugeName): Iterable<readonly [LabelValues, value: number]> {
    const read = this.#reads.get(name);
    if (read !== undefined) return this.#observed(name, read());
    return metricTable[name].kind === "counter" ? this.#counted(name as CounterName) : [];
  }

  #observed(name: MetricName, seen: ReturnType<Read>): Iterable<readonly [LabelValues, value: number]> {
    if (typeof seen === "number") return [[[], seen]];
    if (metricTable[name].labels[0]?.name !== "pool") return seen;
    return Array.from(seen, ([[pool = "", ...rest], value]) => [[this.#pools.labelOf(pool), ...rest], value] as const);
  }

  /** A counter with few series starts at 0, so that its first event is a rise; the others appear once they count. */
  *#counted(name: CounterName): Generator<readonly [LabelValues, value: number]> {
    const cells = this.#counter(name);
    const pools = this.#pools.labels;
    const few = metricTable[name].labels.length <= 2;
    for (let cell = 0; cell < cells.count(pools.length); cell++) {
      const value = cells.value(cell);
      if (value > 0 || few) yield [cells.valuesOf(cell, pools), value];
    }
  }
}
