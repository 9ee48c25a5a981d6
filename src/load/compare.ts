/**
 * Two targets that were loaded in turns. What else the machine did fell on both legs of a pair alike, so the pairs'
 * differences are compared and not the targets' totals: the mean difference with the interval of Student's t. With the few
 * pairs that a run has, t is honest about how little is known; a bootstrap over five values is not.
 */
import type { ComparedFigure, Comparison, Leg, TargetResult } from "./result.ts";
import { meanInterval } from "./student-t.ts";

/** Fewer differences than this make no interval that is worth the name. */
const pairsMin = 3;
/** Above this share of errors the latencies are those of another load than the one that was asked for. */
export const errorShareMax = 0.01;

const figures: ReadonlyArray<readonly [figure: ComparedFigure, of: (leg: Leg) => number | undefined]> = [
  ["p50", (leg) => percentileOf(leg, 50)],
  ["p90", (leg) => percentileOf(leg, 90)],
  ["p99", (leg) => percentileOf(leg, 99)],
  ["mean", (leg) => leg.latency.meanUs],
  ["cpu", (leg) => leg.cost?.cpuUsPerRequest],
];

/** Every figure of every further target against that of the first; CPU only where both were read. None for a single pair. */
export function compareTargets(targets: readonly TargetResult[]): Comparison[] {
  const [baseline, ...candidates] = targets;
  if (baseline === undefined) return [];
  return candidates.flatMap((candidate) => figures.flatMap(([figure, of]) => compare(baseline, candidate, figure, of)));
}

function compare(
  baseline: TargetResult,
  candidate: TargetResult,
  figure: ComparedFigure,
  of: (leg: Leg) => number | undefined,
): Comparison[] {
  const pairs = baseline.legs.flatMap((leg, i) => {
    const [a, b] = [of(leg), of(candidate.legs[i]!)];
    return a === undefined || b === undefined || a <= 0 || b <= 0 ? [] : [[a, b] as const];
  });
  if (pairs.length < 2) return []; // one difference has no interval
  const { mean, interval } = meanInterval(pairs.map(([a, b]) => b - a));
  const logs = meanInterval(pairs.map(([a, b]) => Math.log(b / a)));
  return [
    {
      baseline: baseline.name,
      candidate: candidate.name,
      figure,
      baselineUs: median(pairs.map(([a]) => a)),
      candidateUs: median(pairs.map(([, b]) => b)),
      differenceUs: mean,
      differenceIntervalUs: interval,
      ratio: Math.exp(logs.mean),
      ratioInterval: [Math.exp(logs.interval[0]), Math.exp(logs.interval[1])],
      confidence: 0.95,
      pairs: pairs.length,
      inconclusive: whyNot(baseline, pairs.length) ?? whyNot(candidate, pairs.length),
    },
  ];
}

/** Why nothing may be concluded of a target, or null. */
function whyNot({ name, legs, total }: TargetResult, pairs: number): string | null {
  const errors = Object.values(total.errors).reduce((sum, n) => sum + n, 0);
  if (total.latency.count === 0) return `${name} gave no right answer`;
  const worst = Math.max(...legs.map((leg) => errorShareOf(leg)));
  if (worst > errorShareMax) return `${errors} of ${total.requests} requests to ${name} failed`;
  if (total.generator.bottleneck !== null) return total.generator.bottleneck;
  return pairs < pairsMin ? `only ${pairs} of at least ${pairsMin} pairs` : null;
}

function errorShareOf({ errors, requests }: Leg): number {
  return requests === 0 ? 1 : Object.values(errors).reduce((sum, n) => sum + n, 0) / requests;
}

function percentileOf({ latency }: Leg, percentile: number): number | undefined {
  return latency.count === 0 ? undefined : latency.percentiles.find((point) => point.percentile === percentile)?.us;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
