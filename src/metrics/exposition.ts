import type { Metric, Registry } from "prom-client";
import type { LabelValues } from "./counters.ts";
import { boundsMs, type HistogramSeries } from "./histogram.ts";
import { exposedName, type MetricName, metricTable } from "./table.ts";

/** One line of the exposition as prom-client takes it. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly sharedLabels?: Readonly<Record<string, string>>;
  readonly metricName?: string;
}

/** Enters a metric whose numbers live elsewhere: `read` is called at each scrape and at no other time. */
export function register(
  registry: Registry,
  name: MetricName,
  read: () => Iterable<Sample> | Promise<Iterable<Sample>>,
): void {
  const { kind, doc } = metricTable[name];
  const metric = { name: exposedName(name), help: doc, type: kind, aggregator: "sum" };
  const reading = { ...metric, get: async () => ({ ...metric, values: [...(await read())] }) };
  // The registry needs a name and a get() and nothing else of its own classes, which hash labels on every observation.
  registry.registerMetric(reading as unknown as Metric<string>);
}

/**
 * Samples of a counter or a gauge. Of series with the same labels one is made: a scrape with a series twice is refused
 * whole by Prometheus.
 */
export function* scalarSamples(
  name: MetricName,
  series: Iterable<readonly [LabelValues, value: number]>,
  merge: "sum" | "max" = "sum",
): Generator<Sample> {
  const sums = new Map<string, Sample>();
  for (const [values, value] of series) {
    const key = JSON.stringify(values);
    const before = sums.get(key)?.value ?? 0;
    sums.set(key, {
      labels: labelsOf(name, values),
      value: merge === "sum" ? before + value : Math.max(before, value),
    });
  }
  yield* sums.values();
}

/** Samples of a histogram: cumulative buckets in seconds, sum and count. */
export function* histogramSamples(name: MetricName, series: Iterable<HistogramSeries>): Generator<Sample> {
  const exposed = exposedName(name);
  for (const { labels: values, buckets, sumSeconds } of series) {
    const sharedLabels = labelsOf(name, values); // one object for the series: the registry renders it once
    let count = 0;
    for (const [i, inBucket] of buckets.entries()) {
      count += inBucket;
      const bound = boundsMs[i];
      const le = bound === undefined ? "+Inf" : bound / 1000;
      yield { metricName: `${exposed}_bucket`, labels: { le }, sharedLabels, value: count };
    }
    yield { metricName: `${exposed}_sum`, sharedLabels, value: sumSeconds };
    yield { metricName: `${exposed}_count`, sharedLabels, value: count };
  }
}

function labelsOf(name: MetricName, values: LabelValues): Record<string, string> {
  return Object.fromEntries(metricTable[name].labels.map((label, i) => [label.name, values[i] ?? ""]));
}
