/** The difference of two means whose samples were taken at different times, so that none belongs to another. */

/** The mean of the second sample minus that of the first, and where it lies with a confidence of 95%. */
export interface MeanDifference {
  readonly difference: number;
  /** Null where a sample has fewer than two values, and so no spread. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Welch's interval: it takes no equal spread on both sides (B. L. Welch, Biometrika 34, 1947; degrees of freedom after
 * Welch and Satterthwaite, rounded down). Neither sample may be empty.
 */
export function welch(first: readonly number[], second: readonly number[]): MeanDifference {
  const difference = mean(second) - mean(first);
  if (first.length < 2 || second.length < 2) return { difference, interval: null };
  const [a, b] = [squaredError(first), squaredError(second)];
  const error = Math.sqrt(a + b);
  if (error === 0) return { difference, interval: [difference, difference] };
  const freedom = (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  const half = studentT975(freedom) * error;
  return { difference, interval: [difference - half, difference + half] };
}

/** Student's t at 0.975, for 1 to 30 degrees of freedom. */
const t975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

/** A fraction of a degree is dropped, and more than 30 count as 30: the interval is never too narrow. */
function studentT975(freedom: number): number {
  return t975[Math.min(t975.length, Math.max(1, Math.floor(freedom + 1e-9))) - 1]!;
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
