import type { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import { exposedName, type MetricName } from "../../src/metrics/table.ts";
import { until } from "./live-client.ts";

/** The sum of a metric's series that have these labels. */
export async function metricSum(
  metrics: EdgeMetrics,
  name: MetricName,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { values } = await metrics.registry.getSingleMetric(exposedName(name))!.get();
  const wanted = values.filter((series) =>
    Object.entries(labels).every(([key, value]) => series.labels[key] === value),
  );
  return wanted.reduce((sum, { value }) => sum + value, 0);
}

/** What an edge has in use; nothing of it without clients. */
const gauges = [
  "connections_open",
  "requests_in_flight",
  "queue_depth",
  "tunnels_open",
  "body_memory_bytes",
  "body_disk_bytes",
] as const satisfies readonly MetricName[];

/** Waits until nothing is open, held or waiting; rejects, naming it, when something stays. */
export async function untilCalm(metrics: EdgeMetrics): Promise<void> {
  for (const gauge of gauges) await until(`${gauge} back at 0`, async () => (await metricSum(metrics, gauge)) === 0);
}
