/**
 * Limits that a run is held to, as a build's last word on it. A gate passes only where the figure was measured, holds,
 * and may be concluded from; what cannot be judged is refused, which fails a build as well.
 */
import { cpuDoubt, figureOf, unanswered, unansweredShare } from "./figures.ts";
import type { FigureLimit, Limit, RatioLimit } from "./limits.ts";
import { ratio, share, time } from "./report/format.ts";
import type { BenchResult, ComparedFigure, Gate, TargetResult } from "./result.ts";

/** What a ratio is judged by: of two targets of a run, or of one target in two runs. */
export interface JudgedRatio {
  readonly baseline: string;
  readonly candidate: string;
  readonly figure: ComparedFigure;
  readonly ratio: number;
  readonly ratioInterval: readonly [low: number, high: number] | null;
  readonly inconclusive: string | null;
}

type Judged = Pick<TargetResult, "name" | "legs" | "total">;

/** What ratios there are, and which targets must have one to a baseline: a figure that is missing is no pass. */
interface Ratios {
  readonly found: readonly JudgedRatio[];
  readonly candidatesFor: (baseline: string) => readonly string[];
}

/** One gate for each limit and each target that it is for, in the order of both. Ratios are those to the first target. */
export function judgeRun(
  limits: readonly Limit[],
  { targets, comparisons }: Pick<BenchResult, "targets" | "comparisons">,
): readonly Gate[] {
  const candidatesFor = (baseline: string): string[] =>
    targets.map(({ name }) => name).filter((name) => name !== baseline);
  return judge(limits, targets, { found: comparisons, candidatesFor });
}

/**
 * The same for the later of two runs, and all of its targets. Ratios are those of a target to itself in the earlier one:
 * where that has none of the name, a gate on it is refused.
 */
export function judgeChanges(
  limits: readonly Limit[],
  after: readonly TargetResult[],
  changed: readonly { readonly changes: readonly JudgedRatio[] }[],
): readonly Gate[] {
  const ratios = { found: changed.flatMap(({ changes }) => changes), candidatesFor: (baseline: string) => [baseline] };
  return judge(limits, after, ratios);
}

function judge(limits: readonly Limit[], targets: readonly Judged[], ratios: Ratios): readonly Gate[] {
  return limits.flatMap((limit) => {
    if (limit.kind === "ratio") {
      const errorsOf = (name: string): string | null => errorsOver(limits, targets, name);
      return ratios
        .candidatesFor(limit.target)
        .map((candidate) => judgeRatio(limit, candidate, ratios.found, errorsOf));
    }
    const held = targets.filter(({ name }) => limit.target === null || limit.target === name);
    return held.map((target) => judgeFigure(limit, target, allowedShare(limits, target.name)));
  });
}

/** Whether a build may go on. */
export function allPassed(gates: readonly Gate[]): boolean {
  return gates.every(({ verdict }) => verdict === "passed");
}

/** The share of requests without a right answer that somebody said to be acceptable: the least of those given. */
function allowedShare(limits: readonly Limit[], name: string): number {
  const given = limits.filter((one) => one.kind === "figure" && one.figure === "errors");
  const shares = given.filter(({ target }) => target === null || target === name).map(({ limit }) => limit);
  return shares.length === 0 ? 0 : Math.min(...shares);
}

type Judgement = Pick<Gate, "verdict" | "reason">;

function judgeFigure(limit: FigureLimit, target: Judged, allowed: number): Gate {
  const { text, figure } = limit;
  const { name, total } = target;
  const value = figure === "errors" ? (total.requests === 0 ? null : unansweredShare(total)) : figureOf(total, figure);
  const unit = figure === "errors" ? "share" : "us";
  const judgement = obstacle(figure, target, allowed, value) ?? withinLimit(figure, value!, limit.limit);
  return { text, target: name, value, limit: limit.limit, unit, ...judgement };
}

/** Why the figure cannot pass whatever it is, or null. */
function obstacle(
  figure: FigureLimit["figure"],
  target: Judged,
  allowed: number,
  value: number | null,
): Judgement | null {
  const { total } = target;
  const { bottleneck } = total.generator;
  if (bottleneck !== null) return { verdict: "refused", reason: bottleneck };
  const missing = unansweredShare(total);
  if (figure !== "errors" && missing > allowed) {
    const hint = "a request without an answer has no figure; --max-errors allows a share of them";
    return { verdict: "failed", reason: `${unanswered(total)}: ${hint}` };
  }
  const doubt = figure === "cpu" ? cpuDoubt(target) : null;
  if (doubt !== null) return { verdict: "refused", reason: doubt };
  if (value !== null) return null;
  if (total.requests === 0) return { verdict: "refused", reason: "no request came to an end" };
  return { verdict: "refused", reason: "no request had a right answer" };
}

function withinLimit(figure: FigureLimit["figure"], value: number, limit: number): Judgement {
  const shown = figure === "errors" ? share : time;
  if (value <= limit) return { verdict: "passed", reason: `${shown(value)} of at most ${shown(limit)}` };
  return { verdict: "failed", reason: `${shown(value)} is more than ${shown(limit)}` };
}

/** What the named target failed to answer, if that is more than was allowed. */
function errorsOver(limits: readonly Limit[], targets: readonly Judged[], name: string): string | null {
  const target = targets.find((candidate) => candidate.name === name);
  const over = target !== undefined && unansweredShare(target.total) > allowedShare(limits, name);
  return over ? unanswered(target.total) : null;
}

function judgeRatio(
  { text, figure, target: baseline, limit }: RatioLimit,
  candidate: string,
  ratios: readonly JudgedRatio[],
  errorsOf: (name: string) => string | null,
): Gate {
  const found = ratios.find((one) => one.baseline === baseline && one.candidate === candidate && one.figure === figure);
  const gate = { text, target: candidate, value: found?.ratio ?? null, limit, unit: "x" } as const;
  if (found === undefined) {
    const reason =
      candidate === baseline
        ? `nothing compares its ${figure} with that before: that takes both runs, and the figure in both`
        : `nothing compares its ${figure} with ${baseline}: that takes two pairs at least, and the figure of both`;
    return { ...gate, verdict: "refused", reason };
  }
  const { ratio: value, ratioInterval: interval, inconclusive } = found;
  if (inconclusive !== null || interval === null) {
    return { ...gate, verdict: "refused", reason: inconclusive ?? "there is no interval of confidence" };
  }
  const [own, others] = [errorsOf(candidate), errorsOf(baseline)];
  if (own !== null) return { ...gate, verdict: "failed", reason: own };
  if (others !== null) return { ...gate, verdict: "refused", reason: `${baseline}: ${others}` };
  return { ...gate, ...withinRatio(value, interval, limit) };
}

/** The whole interval has to be on one side of the limit: a figure that chance may have brought over it says nothing. */
function withinRatio(value: number, interval: readonly [low: number, high: number], limit: number): Judgement {
  const shown = ratio(value, interval);
  if (interval[1] <= limit) return { verdict: "passed", reason: `${shown} of at most ${ratio(limit)}` };
  if (interval[0] > limit) return { verdict: "failed", reason: `${shown} is more than ${ratio(limit)}` };
  const reason = `${shown} reaches over ${ratio(limit)}: more pairs, or longer ones, would settle it`;
  return { verdict: "refused", reason };
}
