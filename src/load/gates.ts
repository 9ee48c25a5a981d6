/**
 * Limits that a run is held to, as a build's last word on it. A gate passes only where the figure was measured, holds,
 * and may be concluded from; what cannot be judged is refused, which fails a build as well.
 */
import { errorTotal, figureOf, type Stretch, unansweredShare } from "./figures.ts";
import { count, ratio, share, time } from "./report/format.ts";
import { type ComparedFigure, errorKinds, type Gate, type TargetResult } from "./result.ts";

const comparedFigures: readonly ComparedFigure[] = ["p50", "p90", "p99", "mean", "cpu"];

/** The flags, what each limits, and what a value of it looks like. */
export const gateFlags = {
  "--max-p50": { figure: "p50", value: "[target=]time", doc: "most that half of the requests take, such as 500us" },
  "--max-p99": { figure: "p99", value: "[target=]time", doc: "most that 99 of 100 requests take, such as 2ms" },
  "--max-cpu": { figure: "cpu", value: "[target=]time", doc: "most CPU per request, such as 30us" },
  "--max-errors": { figure: "errors", value: "[target=]share", doc: "most requests without a right answer, as 0.1%" },
  "--max-ratio": {
    figure: "ratio",
    value: "target=[figure:]n",
    doc: `most times the figure of that target: nginx=1.25, nginx=p99:1.25; figures: ${comparedFigures.join(", ")} (default: cpu)`,
  },
} as const;

export type GateFlag = keyof typeof gateFlags;

/** A limit on a figure of one target, or of each. */
export interface FigureLimit {
  readonly kind: "figure";
  /** As written. */
  readonly text: string;
  readonly figure: "p50" | "p99" | "cpu" | "errors";
  /** Null: every target. */
  readonly target: string | null;
  /** µs, or for errors a share. */
  readonly limit: number;
}

/** A limit on how many times the figure of another target a target's may be. */
export interface RatioLimit {
  readonly kind: "ratio";
  readonly text: string;
  readonly figure: ComparedFigure;
  readonly target: string;
  readonly limit: number;
}

export type Limit = FigureLimit | RatioLimit;

/** What a ratio is judged by: of two targets of a run, or of one target in two runs. */
export interface JudgedRatio {
  readonly baseline: string;
  readonly candidate: string;
  readonly figure: ComparedFigure;
  readonly ratio: number;
  readonly ratioInterval: readonly [low: number, high: number] | null;
  readonly inconclusive: string | null;
}

/** A limit, or what its value must look like. */
export function parseLimit(flag: GateFlag, value: string): { readonly limit: Limit } | { readonly problem: string } {
  const { figure } = gateFlags[flag];
  const text = `${flag} ${value}`;
  if (figure === "ratio") return parseRatioLimit(text, value);
  const [, target = null, number = ""] = /^(?:([^=]+)=)?([^=]+)$/.exec(value) ?? [];
  const limit = figure === "errors" ? parseShare(number) : parseTimeUs(number);
  if (limit !== null) return { limit: { kind: "figure", text, figure, target, limit } };
  const example = figure === "errors" ? "a share such as 0.1% or 0%" : "a time such as 800us, 2ms or 1.5s";
  return { problem: `It must be ${example}, for one target NAME=${example.split(" ")[4]}.` };
}

function parseRatioLimit(text: string, value: string): ReturnType<typeof parseLimit> {
  const [, target, word = "cpu", number] = /^([^=]+)=(?:([^:=]+):)?(\d{1,6}(?:\.\d{1,6})?)x?$/.exec(value) ?? [];
  const figure = comparedFigures.find((candidate) => candidate === word);
  if (target === undefined || figure === undefined || !(Number(number) > 0)) {
    return { problem: `It must be NAME=1.25 or NAME=FIGURE:1.25, with a FIGURE of ${comparedFigures.join(", ")}.` };
  }
  return { limit: { kind: "ratio", text, figure, target, limit: Number(number) } };
}

/** What is wrong with limits for these targets, of which the first is what the others are compared with, or null. */
export function limitsProblem(limits: readonly Limit[], targets: readonly string[]): string | null {
  for (const { kind, text, target } of limits) {
    if (target !== null && !targets.includes(target))
      return `\`${text}\` names no target: they are ${targets.join(", ")}`;
    if (kind === "ratio" && targets.length < 2) return `\`${text}\` needs a second target to compare`;
    if (kind === "ratio" && target !== targets[0]) {
      return `\`${text}\` must name the first target, \`${targets[0]}\`, as the others are compared with it`;
    }
  }
  return null;
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

/** `12 of 60,000 requests without a right answer (timeout 12)`. */
export function unanswered({ requests, errors, generator }: Stretch): string {
  const kinds = errorKinds.filter((kind) => errors[kind] > 0).map((kind) => `${kind} ${count(errors[kind])}`);
  const all = generator.unsent === 0 ? kinds : [...kinds, `not sent ${count(generator.unsent)}`];
  const missing = errorTotal(errors) + generator.unsent;
  return `${count(missing)} of ${count(requests + generator.unsent)} requests without a right answer (${all.join(", ")})`;
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
  const reason = `nothing compares ${figure} with ${target}: it was not measured on both sides`;
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

const timeUs: Readonly<Record<string, number>> = { us: 1, µs: 1, μs: 1, ms: 1000, s: 1_000_000 };

/** µs of `800us`, `2ms` or `1.5s`, above zero; null for anything else. */
function parseTimeUs(text: string): number | null {
  const [, number, unit] = /^(\d{1,9}(?:\.\d{1,6})?)(us|µs|μs|ms|s)$/.exec(text) ?? [];
  const us = Number(number) * (timeUs[unit ?? ""] ?? 0);
  return us > 0 ? us : null;
}

/** The share of `0.1%`, from 0 to 1; null for anything else. */
function parseShare(text: string): number | null {
  const [, number] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? [];
  return number === undefined || Number(number) > 100 ? null : Number(number) / 100;
}
