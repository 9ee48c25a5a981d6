/** What is drawn of results. */
import { errorTotal, figureOf } from "../figures.ts";
import { errorKinds, type Latency, type Leg, type TargetResult } from "../result.ts";
import { count, percentileName, shortTime, time } from "./format.ts";
import type { Bar, BarPlot } from "./plots/bar-plot.ts";
import type { Axis, LinePlot, Series } from "./plots/line-plot.ts";

const latencyAxis: Axis = { label: "latency", scale: "log", format: shortTime };

/** Latency by percentile, with the tail drawn as wide as the rest. */
export function latencyByPercentile(targets: readonly Pick<TargetResult, "name" | "total">[]): LinePlot {
  return {
    title: "Latency by percentile",
    description: `${sentence(targets, (target) => latencyWords(target))} Lower is better.`,
    x: { label: "percentile of requests", scale: "percentile", format: percentileName },
    y: latencyAxis,
    series: targets.map(({ name, total }) => ({ name, points: curveOf(total.latency) })),
  };
}

/** The curve as far as it is more than its last request: one at least is slower than a point that is drawn. */
function curveOf({ count, percentiles }: Latency): Series["points"] {
  const known = percentiles.filter(({ percentile }) => count * (1 - percentile / 100) >= 1 - 1e-9);
  return known.map(({ percentile, us }) => [percentile, us > 0 ? us : null] as const);
}

function latencyWords({ total }: Pick<TargetResult, "total">): string {
  const [median, tail] = [figureOf(total, "p50"), figureOf(total, "p99")];
  return median === null || tail === null ? "no right answer" : `p50 ${time(median)}, p99 ${time(tail)}`;
}

/** One percentile over the measured time: the legs of a target one after the other, with a gap between them. */
export function latencyOverTime(targets: readonly TargetResult[], figure: "p50" | "p99"): LinePlot {
  return {
    title: `Latency over time, ${figure}`,
    description: `The ${figure} of each stretch of the measured time. ${sentence(targets, (target) => worstStretch(target, figure))}`,
    x: { label: "seconds measured, leg after leg", scale: "linear", format: count },
    y: latencyAxis,
    series: targets.map(({ name, legs }) => ({ name, points: pointsOverTime(legs, figure) })),
  };
}

function pointsOverTime(legs: readonly Leg[], figure: "p50" | "p99"): Series["points"] {
  let start = 0;
  return legs.flatMap(({ seconds, intervals }) => {
    const points = intervals.map((interval) => {
      const us = figure === "p50" ? interval.p50Us : interval.p99Us;
      return [start + interval.startSeconds + interval.seconds / 2, us > 0 ? us : null] as const;
    });
    start += seconds;
    return [...points, [start, null] as const];
  });
}

function worstStretch({ legs }: TargetResult, figure: "p50" | "p99"): string {
  const values = pointsOverTime(legs, figure).flatMap(([, us]) => us ?? []);
  return values.length === 0 ? "no right answer" : `from ${time(Math.min(...values))} to ${time(Math.max(...values))}`;
}

/** CPU per request of the targets that were measured; whiskers reach from the cheapest to the dearest leg. */
export function cpuPerRequest(targets: readonly TargetResult[]): BarPlot {
  return {
    title: "CPU per request",
    description: `${sentence(targets, ({ total: { cost } }) => (cost === null ? "not measured" : time(cost.cpuUsPerRequest)))} Lower is better.`,
    label: "whiskers: the cheapest and the dearest leg",
    format: time,
    bars: targets.map(cpuBar),
  };
}

function cpuBar({ name, legs, total }: TargetResult): Bar {
  const ofLegs = legs.flatMap((leg) => figureOf(leg, "cpu") ?? []);
  const value = figureOf(total, "cpu");
  if (value === null) return { name, value, note: "not measured" };
  return ofLegs.length < 2 ? { name, value } : { name, value, spread: [Math.min(...ofLegs), Math.max(...ofLegs)] };
}

/** Errors by kind: a bar for each kind that a target has, and an empty one for a target without errors. */
export function errorsByKind(targets: readonly TargetResult[]): BarPlot {
  return {
    title: "Errors",
    description: sentence(
      targets,
      ({ total: { errors, requests } }) => `${count(errorTotal(errors))} of ${count(requests)} requests`,
    ),
    label: "requests without a right answer, by what went wrong",
    format: count,
    bars: targets.flatMap(errorBars),
  };
}

function errorBars({ name, total: { errors, generator } }: TargetResult): readonly Bar[] {
  const counts = [...errorKinds.map((kind) => [kind, errors[kind]] as const), ["not sent", generator.unsent] as const];
  const bars = counts.flatMap(([kind, value]) => (value === 0 ? [] : [{ name: `${name}: ${kind}`, value }]));
  return bars.length === 0 ? [{ name, value: 0 }] : bars;
}

function sentence<T extends { readonly name: string }>(targets: readonly T[], words: (target: T) => string): string {
  return `${targets.map((target) => `${target.name}: ${words(target)}`).join("; ")}.`;
}
