/** What changed between two runs of the harness: `hostward bench compare`. */
import { cpuDoubt, figureOf, hasFailedLeg, quantaOf, unanswered } from "./figures.ts";
import type { JudgedRatio } from "./gates.ts";
import {
  type BenchResult,
  type ComparedFigure,
  type Comparison,
  comparedFigures,
  type Gate,
  type TargetResult,
} from "./result.ts";
import { type Difference, differencesOf } from "./run-differences.ts";
import { median } from "./student-t.ts";
import { welch } from "./welch.ts";

/** One figure of a target in both runs. It is judged like a ratio of two targets: the earlier run is the baseline. */
export interface Change extends JudgedRatio {
  /** Medians over the legs. */
  readonly beforeUs: number;
  readonly afterUs: number;
  /** Of the means of the legs, after minus before; the interval is null where a run has a single leg. */
  readonly differenceUs: number;
  readonly differenceIntervalUs: readonly [low: number, high: number] | null;
  /** Legs before and after. */
  readonly legs: readonly [before: number, after: number];
}

/** A target that both runs have. */
export interface TargetChange {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly before: TargetResult;
  readonly after: TargetResult;
}

/** One figure against the baseline of its own run, in both: what is left to compare where machines differ. */
export interface RatioChange {
  readonly baseline: string;
  readonly candidate: string;
  readonly figure: ComparedFigure;
  readonly before: Ratio;
  readonly after: Ratio;
  /** Why nothing may be concluded, or null. That the machines differ is no reason. */
  readonly inconclusive: string | null;
}

type Ratio = Pick<Comparison, "ratio" | "ratioInterval">;
type Run = Pick<BenchResult, "startedAt" | "command" | "machine" | "settings">;

/** Two runs side by side: plain data, as `--json` writes it. */
export interface RunComparison {
  readonly format: "hostward-bench-comparison/1";
  readonly before: Run;
  readonly after: Run;
  readonly differences: readonly Difference[];
  readonly targets: readonly TargetChange[];
  /** Targets that only one run has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  readonly ratios: readonly RatioChange[];
  readonly gates: readonly Gate[];
}

/** Compares two runs, target by target. Gates are left to the caller. */
export function compareRuns(before: BenchResult, after: BenchResult): RunComparison {
  const differences = differencesOf(before, after);
  const names = (run: BenchResult): string[] => run.targets.map(({ name }) => name);
  const obstacle = obstacleOf(differences);
  return {
    format: "hostward-bench-comparison/1",
    before: headOf(before),
    after: headOf(after),
    differences,
    targets: before.targets.flatMap((target) => {
      const match = after.targets.find(({ name }) => name === target.name);
      return match === undefined ? [] : [targetChange(target, match, obstacle)];
    }),
    onlyBefore: names(before).filter((name) => !names(after).includes(name)),
    onlyAfter: names(after).filter((name) => !names(before).includes(name)),
    ratios: ratioChanges(before, after, obstacleOf(differences.filter((one) => one.of === "settings"))),
    gates: [],
  };
}

function headOf({ startedAt, command, machine, settings }: BenchResult): Run {
  return { startedAt, command, machine, settings };
}

/** Why nothing may be concluded whatever the figures are, or null. */
function obstacleOf(differences: readonly Difference[]): string | null {
  const names = differences.filter(({ comparable }) => !comparable).map(({ what }) => what);
  return names.length === 0 ? null : `the runs differ in ${names.join(", ")}`;
}

function targetChange(before: TargetResult, after: TargetResult, obstacle: string | null): TargetChange {
  const why = obstacle ?? spoiled("before", before) ?? spoiled("after", after);
  const doubt = why ?? cpuDoubtOf("before", before) ?? cpuDoubtOf("after", after);
  const changes = comparedFigures.flatMap(
    (figure) => changeOf(figure, before, after, figure === "cpu" ? doubt : why) ?? [],
  );
  return { name: before.name, changes, before, after };
}

function spoiled(run: string, target: TargetResult): string | null {
  const { total } = target;
  const { bottleneck } = total.generator;
  if (bottleneck !== null) return `${run}: ${bottleneck}`;
  return hasFailedLeg(target) ? `${run}: ${unanswered(total)}` : null;
}

function cpuDoubtOf(run: string, target: TargetResult): string | null {
  const doubt = cpuDoubt(target);
  return doubt === null ? null : `${run}: ${doubt}`;
}

/** Null where a run did not measure the figure. */
function changeOf(
  figure: ComparedFigure,
  before: TargetResult,
  after: TargetResult,
  why: string | null,
): Change | null {
  const [left, right] = [before, after].map(({ legs }) => measuredOf(legs, figure));
  if (left!.length === 0 || right!.length === 0) return null;
  const [beforeUs, afterUs] = [median(left!), median(right!)];
  const quanta = quantaOf(figure, [...left!, ...right!]);
  const difference = welch(left!, right!, quanta.us);
  const quotient = welch(left!.map(Math.log), right!.map(Math.log), quanta.log);
  const few = difference.interval === null ? "a run of one leg does not say how much of it is chance" : null;
  return {
    baseline: before.name,
    candidate: after.name,
    figure,
    beforeUs,
    afterUs,
    differenceUs: difference.difference,
    differenceIntervalUs: difference.interval,
    ratio: Math.exp(quotient.difference),
    ratioInterval: quotient.interval === null ? null : [Math.exp(quotient.interval[0]), Math.exp(quotient.interval[1])],
    legs: [left!.length, right!.length],
    inconclusive: why ?? few,
  };
}

/** Not the zeros: a clock that did not move has measured nothing, and has no ratio. */
function measuredOf(legs: TargetResult["legs"], figure: ComparedFigure): number[] {
  return legs.flatMap((leg) => figureOf(leg, figure) ?? []).filter((value) => value > 0);
}

function ratioChanges(before: BenchResult, after: BenchResult, obstacle: string | null): readonly RatioChange[] {
  return before.comparisons.flatMap((one) => {
    const { baseline, candidate, figure } = one;
    const other = after.comparisons.find(
      (match) => match.baseline === baseline && match.candidate === candidate && match.figure === figure,
    );
    if (other === undefined) return [];
    const inconclusive = obstacle ?? doubtOf("before", one) ?? doubtOf("after", other);
    return [{ baseline, candidate, figure, before: ratioOf(one), after: ratioOf(other), inconclusive }];
  });
}

function doubtOf(run: string, { inconclusive }: Comparison): string | null {
  return inconclusive === null ? null : `${run}: ${inconclusive}`;
}

function ratioOf({ ratio, ratioInterval }: Comparison): Ratio {
  return { ratio, ratioInterval };
}
