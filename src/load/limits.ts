/** Limits that a run is held to, as flags give them. What they are held against is `gates.ts`. */
import { clipped, plainText } from "./report/safe-text.ts";
import type { ComparedFigure } from "./result.ts";

const comparedFigures: readonly ComparedFigure[] = ["p50", "p90", "p99", "mean", "cpu"];

/** The flags, what each limits, and what a value of it is. */
export const gateFlags = {
  "--max-p50": { figure: "p50", value: "time", doc: "gate: half of the requests take no longer: 800us, edge=800us" },
  "--max-p99": { figure: "p99", value: "time", doc: "gate: 99 of 100 requests take no longer: 2ms, edge=2ms" },
  "--max-cpu": { figure: "cpu", value: "time", doc: "gate: CPU per request is no more: 30us, edge=30us" },
  "--max-errors": { figure: "errors", value: "share", doc: "gate: no more requests go wrong: 0.1%, edge=0%" },
  "--max-ratio": {
    figure: "ratio",
    value: "target=n",
    doc: `gate: at most so many times that target: nginx=1.25 of cpu, nginx=p99:1.25; ${comparedFigures.join(", ")}`,
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

/** A limit, or what its value must look like. */
export function parseLimit(flag: GateFlag, value: string): { readonly limit: Limit } | { readonly problem: string } {
  const { figure } = gateFlags[flag];
  const text = `${flag} ${value}`;
  if (figure === "ratio") return parseRatioLimit(text, value);
  const [, target = null, number = ""] = /^(?:([^=]+)=)?([^=]+)$/.exec(value) ?? [];
  const limit = figure === "errors" ? parseShare(number) : parseTimeUs(number);
  if (limit !== null) return { limit: { kind: "figure", text, figure, target, limit } };
  const shares = "a share such as 0.1% or 0%, for one target NAME=0.1%";
  return {
    problem: `It must be ${figure === "errors" ? shares : "a time such as 800us, 2ms or 1.5s, for one target NAME=2ms"}.`,
  };
}

function parseRatioLimit(text: string, value: string): ReturnType<typeof parseLimit> {
  const [, target, word = "cpu", number] = /^([^=]+)=(?:([^:=]+):)?(\d{1,6}(?:\.\d{1,6})?)x?$/.exec(value) ?? [];
  const figure = comparedFigures.find((candidate) => candidate === word);
  if (target === undefined || figure === undefined || !(Number(number) > 0)) {
    return { problem: `It must be NAME=1.25 or NAME=FIGURE:1.25, with a FIGURE of ${comparedFigures.join(", ")}.` };
  }
  return { limit: { kind: "ratio", text, figure, target, limit: Number(number) } };
}

/** What is wrong with limits for these targets, or null. A ratio is one to any of the baselines. */
export function limitsProblem(
  limits: readonly Limit[],
  targets: readonly string[],
  baselines: readonly string[],
): string | null {
  for (const { kind, text, target } of limits) {
    if (target === null) continue;
    if (!targets.includes(target)) return `\`${text}\` names no target: they are ${shown(targets)}`;
    if (kind === "figure" || baselines.includes(target)) continue;
    if (baselines.length === 0) return `\`${text}\` needs a second target to compare`;
    return `\`${text}\` names \`${target}\`, but what the others are compared with is ${shown(baselines)}`;
  }
  return null;
}

/** Names may come from a file. */
function shown(names: readonly string[]): string {
  return clipped(plainText(names.join(", ")), 200);
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
