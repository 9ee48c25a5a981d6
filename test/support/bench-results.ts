/** Results of load runs that never happened: made from a seed, with the shape of real ones. */
import { type GateFlag, type Limit, parseLimit } from "../../src/load/limits.ts";
import {
  type BenchResult,
  type Comparison,
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

const perSecond = 500;
const seconds = 10;

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

/** A comparison with a ratio and an interval of so much on both sides. */
export function comparisonOf(
  candidate: string,
  figure: Comparison["figure"],
  baselineUs: number,
  ratio: number,
  half: number,
  inconclusive: string | null = null,
): Comparison {
  const difference = (value: number): number => baselineUs * (value - 1);
  return {
    baseline: "nginx",
    candidate,
    figure,
    baselineUs,
    candidateUs: baselineUs * ratio,
    differenceUs: difference(ratio),
    differenceIntervalUs: [difference(ratio - half), difference(ratio + half)],
    ratio,
    ratioInterval: [ratio - half, ratio + half],
    confidence: 0.95,
    pairs: 5,
    inconclusive,
  };
}

/** A run of nginx and Hostward in which all went well, with some fields changed. */
export function benchResult(changes: Partial<BenchResult> = {}): BenchResult {
  return {
    format: "hostward-bench/1",
    startedAt: "2026-03-01T08:30:00.000Z",
    command: "hostward bench --target nginx=http://127.0.0.1:8081 --target hostward=http://127.0.0.1:8080 --rate 500",
    machine: {
      cpu: "Made-up CPU @ 3.00GHz",
      cores: 2,
      memoryMiB: 24_064,
      system: "Linux 6.1.0",
      node: "24.21.0",
      hostward: "0.1.0",
    },
    settings: {
      loop: "open",
      arrivals: "poisson",
      rate: perSecond,
      connections: 32,
      warmupSeconds: 2,
      seconds,
      pairs: 5,
      timeoutMs: 10_000,
      seed: 7,
      traffic: "GET /web/login",
      trafficDigest: "5f3a9c0e1b7d2468",
      threads: 1,
      sockets: 256,
    },
    targets: [
      targetOf({ name: "nginx", url: "http://127.0.0.1:8081/", medianUs: 240, cpuUs: 11.2 }),
      targetOf({ name: "hostward", url: "http://127.0.0.1:8080/", medianUs: 310, cpuUs: 13.6 }),
    ],
    comparisons: [
      comparisonOf("hostward", "p50", 240, 1.29, 0.02),
      comparisonOf("hostward", "p99", 905, 1.31, 0.22),
      comparisonOf("hostward", "cpu", 11.2, 1.21, 0.03),
    ],
    gates: [],
    ...changes,
  };
}

/** A run with all that can go wrong: errors, a bottleneck, a target that was not measured, one that never answered. */
export function spoiledResult(): BenchResult {
  const few = "3 pairs are too few for an interval";
  return benchResult({
    targets: [
      targetOf({ name: "nginx", medianUs: 240, cpuUs: 11.2, errors: { timeout: 12, reset: 3 } }, 3),
      targetOf(
        {
          name: "hostward",
          medianUs: 310,
          cpuUs: null,
          bottleneck: "its event loop was busy 97% of the time",
          unsent: 40,
        },
        3,
      ),
      targetOf({ name: "dead", medianUs: 0, cpuUs: 0.4, errors: { connect: 5000 } }, 1),
    ],
    comparisons: [
      comparisonOf("hostward", "p50", 240, 1.29, 0.4, few),
      comparisonOf("dead", "p50", 240, 0, 0, "dead: no request had a right answer"),
    ],
    gates: [
      {
        text: "--max-p99 2ms",
        target: "nginx",
        value: 905,
        limit: 2000,
        unit: "us",
        verdict: "passed",
        reason: "905 µs of at most 2.00 ms",
      },
      {
        text: "--max-p99 2ms",
        target: "hostward",
        value: 1190,
        limit: 2000,
        unit: "us",
        verdict: "refused",
        reason: "its event loop was busy 97% of the time",
      },
      {
        text: "--max-p99 2ms",
        target: "dead",
        value: null,
        limit: 2000,
        unit: "us",
        verdict: "failed",
        reason: "5,000 of 5,000 requests without a right answer (connect 5,000)",
      },
    ],
  });
}

/** Text that would leave a page, a terminal, an attribute or a drawing if it were not escaped. */
export const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&lt;]]>--></style></svg>\u001b[2J\u202egnp.exe\u0000\u2028`;

/** A run in which every text from outside is hostile. */
export function hostileResult(): BenchResult {
  const result = spoiledResult();
  const { targets, comparisons, gates, machine, settings } = result;
  const rename = (name: string): string => `${name}${hostile}`;
  return {
    ...result,
    command: hostile,
    machine: { ...machine, cpu: hostile, system: hostile, node: hostile, hostward: hostile },
    settings: { ...settings, traffic: hostile },
    targets: targets.map((target) => ({ ...target, name: rename(target.name), url: rename(target.url) })),
    comparisons: comparisons.map((one) => ({
      ...one,
      baseline: rename(one.baseline),
      candidate: rename(one.candidate),
      inconclusive: hostile,
    })),
    gates: gates.map((gate) => ({ ...gate, text: hostile, target: rename(gate.target), reason: hostile })),
  };
}

/** Limits from flags and their values; a value that is none is a mistake of the test. */
export function limitsOf(...flags: readonly (readonly [flag: GateFlag, value: string])[]): readonly Limit[] {
  return flags.map(([flag, value]) => {
    const parsed = parseLimit(flag, value);
    if ("problem" in parsed) throw new Error(`${flag} ${value}: ${parsed.problem}`);
    return parsed.limit;
  });
}
