/** The legs of a target taken together. */
import { atPercentile, latencyOf, merged } from "./histograms.ts";
import type { MeasuredLeg } from "./measure-leg.ts";
import { type Cost, type ErrorKind, errorKinds, type Generator, type Leg, type TargetResult } from "./result.ts";
import { highestMs } from "./tally.ts";

/** Counts are summed, latencies merged, costs weighted by requests; of the generator it is the worst. */
export function totalOf(measured: readonly MeasuredLeg[], timeoutMs: number): TargetResult["total"] {
  const legs = measured.map(({ leg }) => leg);
  return {
    seconds: sumOf(legs, (leg) => leg.seconds),
    requests: sumOf(legs, (leg) => leg.requests),
    errors: Object.fromEntries(errorKinds.map((kind) => [kind, sumOf(legs, (leg) => leg.errors[kind])])) as Record<
      ErrorKind,
      number
    >,
    statuses: statusesOf(legs),
    answered: sumOf(legs, (leg) => leg.answered ?? 0),
    connects: sumOf(legs, (leg) => leg.connects),
    latency: latencyOf(
      merged(
        measured.map(({ latency }) => latency),
        highestMs(timeoutMs),
      ),
    ),
    cost: costOf(measured),
    generator: generatorOf(measured, timeoutMs),
  };
}

/** Null unless every leg has one: the CPU of some requests is not that of all. */
function costOf(measured: readonly MeasuredLeg[]): Cost | null {
  const costs = measured.flatMap(({ leg, endedInTime }) =>
    leg.cost === null ? [] : [{ ...leg.cost, endedInTime, leg }],
  );
  if (costs.length === 0 || costs.length < measured.length) return null;
  const requests = sumOf(costs, (cost) => cost.endedInTime);
  const seconds = sumOf(costs, ({ leg }) => leg.seconds);
  return {
    cpuUsPerRequest: sumOf(costs, (cost) => cost.cpuUsPerRequest * cost.endedInTime) / Math.max(1, requests),
    cores: sumOf(costs, ({ cores, leg }) => cores * leg.seconds) / seconds,
    memoryMiB: Math.max(...costs.map((cost) => cost.memoryMiB)),
  };
}

function generatorOf(measured: readonly MeasuredLeg[], timeoutMs: number): Generator {
  const parts = measured.map(({ leg, endedInTime }) => ({ ...leg.generator, endedInTime }));
  const requests = sumOf(parts, (part) => part.endedInTime);
  const lag = merged(
    measured.map((one) => one.lag),
    highestMs(timeoutMs),
  );
  return {
    cpuUsPerRequest: sumOf(parts, (part) => part.cpuUsPerRequest * part.endedInTime) / Math.max(1, requests),
    loopBusy: Math.max(...parts.map((part) => part.loopBusy)),
    lagP50Us: atPercentile(lag, 50),
    lagP99Us: Math.max(...parts.map((part) => part.lagP99Us)),
    unsent: sumOf(parts, (part) => part.unsent),
    bottleneck: parts.find((part) => part.bottleneck !== null)?.bottleneck ?? null,
  };
}

function statusesOf(legs: readonly Leg[]): Record<string, number> {
  const statuses = [...new Set(legs.flatMap((leg) => Object.keys(leg.statuses)))].sort();
  return Object.fromEntries(statuses.map((status) => [status, sumOf(legs, (leg) => leg.statuses[status] ?? 0)]));
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
