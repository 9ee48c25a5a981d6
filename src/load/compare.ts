/**
 * Two targets that were loaded in turns. What else the machine did fell on both legs of a pair alike, so the pairs'
 * differences are compared and not the targets' totals: the mean difference with the interval of Student's t. With the few
 * pairs that a run has, t is honest about how little is known; a bootstrap over five values is not.
 */
import { cpuDoubt, errorTotal, figureOf, hasFailedLeg, quantaOf } from "./figures.ts";
import { type ComparedFigure, type Comparison, comparedFigures, type TargetResult } from "./result.ts";
import { meanInterval, median } from "./student-t.ts";

/** Fewer differences than this make no interval that is worth the name. */
const pairsMin = 3;

/** Every figure of every further target against that of the first; CPU only where both were read. None for a single pair. */
export function compareTargets(targets: readonly TargetResult[]): Comparison[] {
  const [baseline, ...candidates] = targets;
  if (baseline === undefined) return [];
  return candidates.flatMap((candidate) => comparedFigures.flatMap((figure) => compare(baseline, candidate, figure)));
}

function compare(baseline: TargetResult, candidate: TargetResult, figure: ComparedFigure): Comparison[] {
  const pairs = baseline.legs.flatMap((leg, i) => {
    const [a, b] = [figureOf(leg, figure), figureOf(candidate.legs[i]!, figure)];
    return a === null || b === null || a <= 0 || b <= 0 ? [] : [[a, b] as const];
  });
  if (pairs.length < 2) return []; // one difference has no interval
  const quanta = quantaOf(figure, pairs.flat());
  const differences = pairs.map(([a, b]) => b - a);
  const { mean, interval } = meanInterval(differences, quanta.us);
  const quotients = pairs.map(([a, b]) => Math.log(b / a));
  const logs = meanInterval(quotients, quanta.log);
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
      inconclusive: whyNot(baseline, figure, pairs.length) ?? whyNot(candidate, figure, pairs.length),
    },
  ];
}

/** Why nothing may be concluded of a target's figure, or null. */
function whyNot(target: TargetResult, figure: ComparedFigure, pairs: number): string | null {
  const { name, total } = target;
  if (total.latency.count === 0) return `${name} gave no right answer`;
  const { bottleneck, unsent } = total.generator;
  if (bottleneck !== null && unsent > 0) return bottleneck;
  if (hasFailedLeg(target)) return `${errorTotal(total.errors)} of ${total.requests} requests to ${name} failed`;
  if (bottleneck !== null) return bottleneck;
  const doubt = figure === "cpu" ? cpuDoubt(target) : null;
  if (doubt !== null) return `${name}: ${doubt}`;
  return pairs < pairsMin ? `only ${pairs} of at least ${pairsMin} pairs` : null;
}
