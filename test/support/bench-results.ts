/** Results of load runs that never happened. */
import { type GateFlag, type Limit, parseLimit } from "../../src/load/limits.ts";
import type { BenchResult, Comparison } from "../../src/load/result.ts";
import { perSecond, seconds, targetOf } from "./bench-targets.ts";

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
