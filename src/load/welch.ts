/** The difference of two means whose samples were taken at different times, so that none belongs to another. */
import { student95 } from "./student-t.ts";

/** The mean of the second sample minus that of the first, and where it lies with a confidence of 95%. */
export interface MeanDifference {
  readonly difference: number;
  /** Null where a sample has fewer than two values, and so no spread. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Welch's interval: it takes no equal spread on both sides (B. L. Welch, Biometrika 34, 1947; degrees of freedom after
 * Welch and Satterthwaite, rounded down). Neither sample may be empty; `quantum` is what values are not told apart by.
 */
export function welch(first: readonly number[], second: readonly number[], quantum = 0): MeanDifference {
  const difference = mean(second) - mean(first);
  if (first.length < 2 || second.length < 2) return { difference, interval: null };
  const [a, b] = [squaredError(first), squaredError(second)];
  const error = Math.sqrt(a + b);
  if (error === 0) return { difference, interval: [difference - quantum, difference + quantum] };
  const freedom = (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  const half = student95(Math.max(1, Math.floor(freedom + 1e-9))) * error + quantum;
  return { difference, interval: [difference - half, difference + half] };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The squared standard error of a mean. */
function squaredError(values: readonly number[]): number {
  const center = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
  return variance / values.length;
}
