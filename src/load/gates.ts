/**
 * Limits that a run is held to, as a build's last word on it. A gate passes only where the figure was measured, holds,
 * and may be concluded from; what cannot be judged is refused, which fails a build as well.
 */
import { figureOf, type Stretch, unanswered, unansweredShare } from "./figures.ts";
import type { FigureLimit, Limit, RatioLimit } from "./limits.ts";
import { ratio, share, time } from "./report/format.ts";
import type { ComparedFigure, Gate, TargetResult } from "./result.ts";

/** What a ratio is judged by: of two targets of a run, or of one target in two runs. */
export interface JudgedRatio {
  readonly baseline: string;
  readonly candidate: string;
  readonly figure: ComparedFigure;
  readonly ratio: number;
  readonly ratioInterval: readonly [low: number, high: number] | null;
  readonly inconclusive: string | null;
}

/** One gate for each limit and each target that it is for, in the order of both. */
export function judge(
  limits: readonly Limit[],
  targets: readonly Pick<TargetResult, "name" | "total">[],
  ratios: readonly JudgedRatio[],
): readonly Gate[] {
  return limits.flatMap((limit) => {
    if (limit.kind === "ratio") return judgeRatios(limit, ratios, (name) => errorsOver(limits, targets, name));
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

function judgeFigure(limit: FigureLimit, { name, total }: Pick<TargetResult, "name" | "total">, allowed: number): Gate {
  const { text, figure } = limit;
  const value = figure === "errors" ? (total.requests === 0 ? null : unansweredShare(total)) : figureOf(total, figure);
  const unit = figure === "errors" ? "share" : "us";
  const judgement = obstacle(figure, total, allowed, value) ?? withinLimit(figure, value!, limit.limit);
  return { text, target: name, value, limit: limit.limit, unit, ...judgement };
}

/** Why the figure cannot pass whatever it is, or null. */
function obstacle(
  figure: FigureLimit["figure"],
  total: Stretch,
  allowed: number,
  value: number | null,
): Judgement | null {
  const { bottleneck } = total.generator;
  if (bottleneck !== null) return { verdict: "refused", reason: bottleneck };
  const missing = unansweredShare(total);
  if (figure !== "errors" && missing > allowed) {
    const hint = "a request without an answer has no figure; --max-errors allows a share of them";
    return { verdict: "failed", reason: `${unanswered(total)}: ${hint}` };
  }
  if (value !== null) return null;
  if (total.requests === 0) return { verdict: "refused", reason: "no request came to an end" };
  if (figure === "cpu")
    return { verdict: "refused", reason: "CPU was not measured: no process of the target was named" };
  return { verdict: "refused", reason: "no request had a right answer" };
}

function withinLimit(figure: FigureLimit["figure"], value: number, limit: number): Judgement {
  const shown = figure === "errors" ? share : time;
  if (value <= limit) return { verdict: "passed", reason: `${shown(value)} of at most ${shown(limit)}` };
  return { verdict: "failed", reason: `${shown(value)} is more than ${shown(limit)}` };
}

/** What the named target failed to answer, if that is more than was allowed. */
function errorsOver(limits: readonly Limit[], targets: Parameters<typeof judge>[1], name: string): string | null {
  const target = targets.find((candidate) => candidate.name === name);
  const over = target !== undefined && unansweredShare(target.total) > allowedShare(limits, name);
  return over ? unanswered(target.total) : null;
}

function judgeRatios(
  limit: RatioLimit,
  ratios: readonly JudgedRatio[],
  errorsOf: (name: string) => string | null,
): Gate[] {
  const { text, figure, target } = limit;
  const found = ratios.filter((one) => one.baseline === target && one.figure === figure);
  if (found.length > 0) {
    return found.map((one) => {
      const gate = { text, target: one.candidate, value: one.ratio, limit: limit.limit, unit: "x" } as const;
      return { ...gate, ...judgeRatio(limit, one, errorsOf(one.baseline), errorsOf(one.candidate)) };
    });
  }
  const reason = `nothing compares ${figure} with ${target}: that takes two pairs at least, and the figure of both`;
  return [{ text, target, value: null, limit: limit.limit, unit: "x", verdict: "refused", reason }];
}

/** The whole interval has to be on one side of the limit: a figure that chance may have brought over it says nothing. */
function judgeRatio(
  { limit }: RatioLimit,
  found: JudgedRatio,
  errorsBefore: string | null,
  errors: string | null,
): Judgement {
  const { baseline, ratio: value, ratioInterval: interval, inconclusive } = found;
  if (inconclusive !== null || interval === null) {
    return { verdict: "refused", reason: inconclusive ?? "there is no interval of confidence" };
  }
  if (errors !== null) return { verdict: "failed", reason: errors };
  if (errorsBefore !== null) return { verdict: "refused", reason: `${baseline}: ${errorsBefore}` };
  const shown = ratio(value, interval);
  if (interval[1] <= limit) return { verdict: "passed", reason: `${shown} of at most ${ratio(limit)}` };
  if (interval[0] > limit) return { verdict: "failed", reason: `${shown} is more than ${ratio(limit)}` };
  return {
    verdict: "refused",
    reason: `${shown} reaches over ${ratio(limit)}: more pairs, or longer ones, would settle it`,
  };
}
