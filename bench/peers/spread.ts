/** What several rounds found. */
import { median } from "../support/bench-case.ts";

/** The median of some values, and the least and the most of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Throws for no values. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("cannot take the median of no values");
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** The quotients of two sides that were measured in the same rounds, round by round. */
export function ratios(values: readonly number[], baseline: readonly number[]): number[] {
  return values.map((value, round) => value / baseline[round]!);
}
