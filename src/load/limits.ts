/** Limits that a run is held to, as flags give them. What they are held against is `gates.ts`. */
import type { ComparedFigure } from "./result.ts";

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
