/** Two-sided 95% quantiles of Student's t for 1 to 10 degrees of freedom. */
const table: readonly number[] = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];
const normal = 1.959964;

/** How many standard errors to each side hold the mean with 95% confidence; beyond the table by Fisher's expansion. */
export function student95(degrees: number): number {
  const tabled = table[degrees - 1];
  if (tabled !== undefined) return tabled;
  const z = normal;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

/** The mean of two values or more with its 95% interval; `quantum` is what the values are not told apart by. */
export function meanInterval(
  values: readonly number[],
  quantum = 0,
): {
  readonly mean: number;
  readonly interval: [number, number];
} {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = student95(n - 1) * Math.sqrt(variance / n) + quantum;
  return { mean, interval: [mean - half, mean + half] };
}

/** The middle of an odd number of values, the mean of the middle two otherwise. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
