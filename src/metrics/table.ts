import type { Label } from "./labels.ts";
import { processMetrics } from "./process-table.ts";
import { protectionMetrics } from "./protection-table.ts";
import { trafficMetrics } from "./traffic-table.ts";

/**
 * Every metric of the edge, as one table: registry, types and reference page come from it. Its order is the order of
 * the exposition.
 *
 * No label names a tenant and none takes its values from a client.
 */
export const metricTable = { ...trafficMetrics, ...protectionMetrics, ...processMetrics } as const;

export type MetricName = keyof typeof metricTable;
type OfKind<K> = { [N in MetricName]: (typeof metricTable)[N]["kind"] extends K ? N : never }[MetricName];
export type CounterName = OfKind<"counter">;
export type GaugeName = OfKind<"gauge">;
export type HistogramName = OfKind<"histogram">;

/** One value for each label of a metric: a pool's index, or one of the values in the table. */
export type Place<N extends MetricName> = PlaceOf<(typeof metricTable)[N]["labels"]>;
type PlaceOf<L extends readonly Label[]> = {
  readonly [I in keyof L]: L[I]["values"] extends readonly (infer V)[] ? V : number;
};

/** The name that Prometheus sees: the field's own for what every process has, else with the prefix `hostward_`. */
export function exposedName(name: string): string {
  return name.startsWith("process_") || name.startsWith("nodejs_") ? name : `hostward_${name}`;
}
