/** From values to places on an axis, and the values that the axis names. */

export type ScaleKind = "linear" | "log" | "percentile";

export interface Scale {
  /** Where a value lies: 0 at the start of the axis, 1 at its end; null where the axis does not reach it. */
  readonly place: (value: number) => number | null;
  /** Ascending, all within the axis. */
  readonly ticks: readonly number[];
}

/** An axis of a kind that holds the values, with about so many ticks. */
export function scaleOf(kind: ScaleKind, values: readonly number[], tickCount: number): Scale {
  if (kind === "linear") return linearScale(values, tickCount);
  return kind === "log" ? logScale(values, tickCount) : percentileScale(values);
}

/** From zero, so that a length is worth what it looks like; whole numbers have whole ticks. Less than zero is off the axis. */
export function linearScale(values: readonly number[], tickCount: number): Scale {
  const top = largest(values) || 1;
  const stepLeast = values.every(Number.isInteger) ? 1 : 0;
  const step = Math.max(stepLeast, roundStep(top / Math.max(1, tickCount)));
  const count = Math.ceil(top / step - 1e-9);
  const end = count * step;
  return {
    place: (value) => within(value / end),
    ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12))),
  };
}

/** Ends at round numbers: 1, 2 and 5 times powers of ten, or finer ones where fewer than four of these would do. */
export function logScale(values: readonly number[], tickCount: number): Scale {
  const positive = values.filter((value) => value > 0);
  const [low, high] = positive.length === 0 ? [1, 10] : [least(positive), largest(positive)];
  const coarse = roundNumbers(low, high, [1, 2, 5]);
  const all = coarse.length < 4 ? roundNumbers(low, high, [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) : coarse;
  const [start, end] = [Math.log10(all[0]!), Math.log10(all.at(-1)!)];
  return {
    place: (value) => (value > 0 ? within((Math.log10(value) - start) / (end - start)) : null),
    ticks: thinned(all, tickCount),
  };
}

const nines = [0, 50, 90, 99, 99.9, 99.99, 99.999] as const;
const [endLeast, endMost] = [99, 99.9999];

/**
 * Percentiles with as much room for 99 to 99.9 as for 90 to 99, as tails are drawn since HdrHistogram. It ends at the
 * highest value below 100, though not before 99.
 */
export function percentileScale(values: readonly number[]): Scale {
  const top = largest(values.filter((value) => value < 100));
  const end = Math.min(endMost, Math.max(endLeast, top));
  const depth = (percentile: number): number => -Math.log10(1 - percentile / 100);
  return {
    place: (value) => (value >= 0 && value < 100 ? within(depth(value) / depth(end)) : null),
    ticks: nines.filter((nine) => nine <= end),
  };
}

/** The least of 1, 2, 5, 10, ... that is no less. */
function roundStep(from: number): number {
  const power = 10 ** Math.floor(Math.log10(from));
  return power * ([1, 2, 5].find((factor) => factor * power >= from * (1 - 1e-9)) ?? 10);
}

/** Factors times powers of ten: from the last one that is not above `low` to the first that is not below `high`. */
function roundNumbers(low: number, high: number, factors: readonly number[]): number[] {
  const first = Math.floor(Math.log10(low)) - 1;
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) + 2 - first }, (_, index) => first + index);
  const all = powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
  const start = all.findLastIndex((number) => number <= low);
  const end = all.findIndex((number) => number >= high && number > all[start]!);
  return all.slice(start, end + 1);
}

/** All, or every second, third, ... of them: the most that fit. Powers of ten stay where there are several. */
function thinned(all: readonly number[], most: number): readonly number[] {
  const powers = all.filter((number) => Number.isInteger(Number(Math.log10(number).toFixed(9))));
  const kept = all.length > most && powers.length > 1 ? powers : all;
  const every = Math.ceil(kept.length / Math.max(2, most));
  return kept.filter((_, index) => index % every === 0);
}

/** Zero, or the largest above. Not by spreading: a long run has more values than a call may have arguments. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function least(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

/** Rounding may lead a value at the very end over it. */
function within(place: number): number | null {
  if (place < -1e-9 || place > 1 + 1e-9) return null;
  return Math.min(1, Math.max(0, place));
}
