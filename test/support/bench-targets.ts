/** Targets of load runs that never happened: made from a seed, with the shape of real ones. */
import {
  type ErrorCounts,
  errorKinds,
  type Interval,
  type Latency,
  type Leg,
  type TargetResult,
} from "../../src/load/result.ts";

const shownPercentiles = [
  ...Array.from({ length: 19 }, (_, index) => index * 5),
  ...[95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.999, 100],
].toSorted((a, b) => a - b);

/** Numbers between 0 and 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

export const noErrors = Object.fromEntries(errorKinds.map((kind) => [kind, 0])) as ErrorCounts;

/** The latencies, as a leg reports them. */
export function latencyOf(valuesUs: readonly number[]): Latency {
  const sorted = valuesUs.toSorted((a, b) => a - b);
  const { length } = sorted;
  if (length === 0) return { count: 0, minUs: 0, meanUs: 0, maxUs: 0, percentiles: [] };
  const at = (percentile: number): number => sorted[Math.max(0, Math.ceil((percentile / 100) * length) - 1)]!;
  return {
    count: length,
    minUs: sorted[0]!,
    meanUs: Math.round(sorted.reduce((sum, us) => sum + us, 0) / length),
    maxUs: sorted.at(-1)!,
    percentiles: shownPercentiles.map((percentile) => ({ percentile, us: at(percentile) })),
  };
}

/** What a made-up target is like. */
export interface TargetTraits {
  readonly name: string;
  readonly url?: string;
  /** The middle latency, and the CPU of a request; null where no process was named. */
  readonly medianUs: number;
  readonly cpuUs: number | null;
  readonly errors?: Partial<ErrorCounts>;
  readonly bottleneck?: string;
  readonly unsent?: number;
}

/** Requests a second of every target, and the length of its legs. */
export const perSecond = 500;
export const seconds = 10;

/** A target with legs of 10 s and 500 requests a second; its errors lie in its last leg. */
export function targetOf(traits: TargetTraits, pairs = 5, seed = 1): TargetResult {
  const random = randomNumbers(seed + traits.name.length);
  const made = Array.from({ length: pairs }, (_, pair) => legOf(traits, pair, pair === pairs - 1, random));
  const legs = made.map(({ leg }) => leg);
  const sum = (read: (leg: Leg) => number): number => legs.reduce((total, leg) => total + read(leg), 0);
  const last = legs.at(-1)!;
  const statuses = {
    "200": sum((leg) => leg.statuses["200"] ?? 0),
    ...(last.errors.status > 0 ? { "503": last.errors.status } : {}),
  };
  const { cost } = last;
  const total = {
    seconds: sum((leg) => leg.seconds),
    requests: sum((leg) => leg.requests),
    errors: last.errors,
    statuses,
    connects: sum((leg) => leg.connects),
    latency: latencyOf(made.flatMap(({ valuesUs }) => valuesUs)),
    cost: cost === null ? null : { ...cost, cpuUsPerRequest: sum((leg) => leg.cost!.cpuUsPerRequest) / pairs },
    generator: last.generator,
  };
  return { name: traits.name, url: traits.url ?? `http://127.0.0.1/${traits.name}`, legs, total };
}

function legOf(
  traits: TargetTraits,
  pair: number,
  isLast: boolean,
  random: () => number,
): { leg: Leg; valuesUs: number[] } {
  const errors = isLast ? { ...noErrors, ...traits.errors } : noErrors;
  const failed = errorKinds.reduce((total, kind) => total + errors[kind], 0);
  const drift = 0.95 + random() * 0.1;
  const count = Math.max(0, perSecond * seconds - failed);
  const valuesUs = Array.from({ length: count }, () => Math.round(traits.medianUs * drift * pareto(random())));
  const leg: Leg = {
    pair,
    seconds,
    requests: count + failed,
    errors,
    statuses: { "200": count, ...(errors.status > 0 ? { "503": errors.status } : {}) },
    connects: 32,
    latency: latencyOf(valuesUs),
    intervals: intervalsOf(valuesUs, failed),
    cost:
      traits.cpuUs === null
        ? null
        : {
            cpuUsPerRequest: traits.cpuUs * drift,
            cores: (traits.cpuUs * drift * perSecond) / 1e6,
            memoryMiB: 60 + traits.cpuUs,
          },
    generator: {
      cpuUsPerRequest: 21.4,
      loopBusy: 0.31,
      lagP50Us: 4,
      lagP99Us: 38,
      unsent: isLast ? (traits.unsent ?? 0) : 0,
      bottleneck: traits.bottleneck ?? null,
    },
  };
  return { leg, valuesUs };
}

/** A long tail around 1: one of a thousand takes eight times as long, and more. */
function pareto(random: number): number {
  return 0.8 + 0.2 / (1 - random) ** 0.5 - (random < 0.1 ? 0.1 : 0);
}

/** The errors lie in the last second. */
function intervalsOf(valuesUs: readonly number[], failed: number): Interval[] {
  return Array.from({ length: seconds }, (_, startSeconds) => {
    const sorted = valuesUs.slice(startSeconds * perSecond, (startSeconds + 1) * perSecond).toSorted((a, b) => a - b);
    const at = (part: number): number => sorted[Math.floor(part * sorted.length)] ?? 0;
    const errors = startSeconds === seconds - 1 ? failed : 0;
    return {
      startSeconds,
      seconds: 1,
      requests: sorted.length + errors,
      errors,
      p50Us: at(0.5),
      p99Us: at(0.99),
      maxUs: sorted.at(-1) ?? 0,
    };
  });
}
