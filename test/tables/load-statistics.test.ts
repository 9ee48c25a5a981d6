import t from "tap";
import { type AskedLeg, bottleneckOf, type Signs } from "../../src/load/bottleneck.ts";
import { compareTargets } from "../../src/load/compare.ts";
import { latencyHistogram, latencyOf, merged, recordMs } from "../../src/load/histograms.ts";
import { type Comparison, errorKinds, type Leg, type TargetResult } from "../../src/load/result.ts";
import { meanInterval, student95 } from "../../src/load/student-t.ts";

// Two-sided 95% quantiles as statistical tables have them.
const quantiles: ReadonlyArray<readonly [degrees: number, t: number]> = [
  [1, 12.706],
  [4, 2.776],
  [9, 2.262],
  [10, 2.228],
  [11, 2.201],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2.0],
  [120, 1.98],
];
for (const [degrees, wanted] of quantiles) {
  t.ok(Math.abs(student95(degrees) - wanted) < 0.001, `t of ${degrees} degrees is ${wanted}`);
}

// Gosset's own example: ten patients, additional hours of sleep by one drug over another.
const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
const { mean, interval } = meanInterval(sleep);
t.same(
  [mean, ...interval].map((value) => value.toFixed(3)),
  ["1.580", "0.700", "2.460"],
  "the interval of a known sample",
);

t.test("a histogram tells one value in a thousand from the next", async (t) => {
  const histogram = latencyHistogram(60_000);
  for (let us = 1; us <= 100_000; us++) recordMs(histogram, us / 1000);
  const { percentiles, minUs, maxUs, count, meanUs } = latencyOf(histogram);
  t.equal(count, 100_000);
  t.equal(minUs, 1);
  for (const { percentile, us } of percentiles) {
    const exact = Math.max(1, percentile * 1000);
    t.ok(us >= exact - 1 && us <= exact * 1.001 + 1, `percentile ${percentile} is ${exact} µs`);
  }
  t.ok(Math.abs(maxUs - 100_000) < 100);
  t.ok(Math.abs(meanUs - 50_000) < 50);
  t.same(
    [50, 75, 90, 95, 99, 99.9, 99.99].filter((p) => !percentiles.some(({ percentile }) => percentile === p)),
    [],
  );
});

t.test("merged is what one would have been", async (t) => {
  const [one, ...parts] = [0, 1, 2].map(() => latencyHistogram(1000));
  for (let i = 1; i < 5000; i++) for (const into of [one!, parts[i % 2]!]) recordMs(into, i / 7);
  t.same(latencyOf(merged(parts, 1000)), latencyOf(one!));
  const over = latencyHistogram(1000);
  recordMs(over, 100_000);
  t.throws(() => merged([over], 1000), /longer than a histogram holds/, "a tail is never cut in silence");
});

const calm: Signs = {
  loopBusy: 0.2,
  lagP50Us: 2,
  lagP99Us: 100,
  unsent: 0,
  missed: 0,
  requests: 10_000,
  endedInTime: 9_999,
  waitedShare: 0,
  p50Us: 200,
  p99Us: 400,
};
const bottlenecks: ReadonlyArray<
  readonly [
    rule: string,
    signs: Partial<Signs>,
    loop: "open" | "closed",
    told: RegExp | null,
    asked?: Partial<AskedLeg>,
  ]
> = [
  ["a calm generator", {}, "open", null],
  ["unsent requests", { unsent: 1 }, "open", /1 requests could not be sent/],
  [
    "unsent requests that a connection was free for",
    { unsent: 2, missed: 1 },
    "open",
    /the generator paused: 1 requests/,
  ],
  ["a busy loop", { loopBusy: 0.95 }, "open", /busy 95%/],
  ["a busy loop, closed", { loopBusy: 0.95 }, "closed", /busy 95%/],
  ["lag that is half of the latency", { lagP99Us: 300, p99Us: 500 }, "open", /sent late: by 300 µs/],
  ["lag that is a small part of it", { lagP99Us: 300, p99Us: 5000 }, "open", null],
  ["lag below what a kernel does anyway", { lagP99Us: 200, p99Us: 210 }, "open", null],
  [
    "lag that is half of the median",
    { lagP50Us: 101 },
    "open",
    /sent late: by 101 µs at its 50th percentile, of 200 µs/,
  ],
  ["lag below half of it", { lagP50Us: 99 }, "open", null],
  ["lag without an answer", { lagP50Us: 99, p50Us: 0, p99Us: 0 }, "open", null],
  ["most had to wait for a connection", { waitedShare: 0.6 }, "open", /60% of the requests had to wait/],
  ["some had to wait, for a stall", { waitedShare: 0.2 }, "open", null],
  ["a queue that grows on connections enough", { endedInTime: 8_900 }, "open", /only 89% of the requests ended/],
  ["a little more came than went", { endedInTime: 9_100 }, "open", null],
  ["a closed loop has no queue", { endedInTime: 8_900 }, "closed", null],
  ["a slow target after a warm-up", { endedInTime: 8_900, p50Us: 1.9e6 }, "open", /only 89%/],
  ["a steady one without", { endedInTime: 8_900, p50Us: 1e6 }, "open", null, { warmupSeconds: 0 }],
  ["a queue without one", { endedInTime: 5_000, p50Us: 2.5e6 }, "open", /only 50%/, { warmupSeconds: 0 }],
  ["one on its way at the end", { requests: 5, endedInTime: 4 }, "open", null],
];
for (const [rule, signs, loop, told, asked = {}] of bottlenecks) {
  const found = bottleneckOf({ ...calm, ...signs }, { loop, connections: 64, rate: 1000, warmupSeconds: 2, ...asked });
  t.match(found, told ?? null, `bottleneck: ${rule}`);
}

function leg(pair: number, us: number, cpu: number | null, failed = 0, bottleneck: string | null = null): Leg {
  const latency = latencyHistogram(1000);
  for (let i = 0; i < 1000; i++) recordMs(latency, us / 1000);
  return {
    pair,
    seconds: 1,
    requests: 1000 + failed,
    errors: { ...(Object.fromEntries(errorKinds.map((kind) => [kind, 0])) as Leg["errors"]), reset: failed },
    statuses: { "200": 1000 },
    connects: 0,
    latency: latencyOf(latency),
    intervals: [],
    cost: cpu === null ? null : { cpuUsPerRequest: cpu, cores: 0.1, memoryMiB: 10 },
    generator: { cpuUsPerRequest: 1, loopBusy: 0.1, lagP50Us: 1, lagP99Us: 1, unsent: 0, bottleneck },
  };
}

function target(name: string, legs: readonly Leg[]): TargetResult {
  const bottleneck = legs.find(({ generator }) => generator.bottleneck !== null)?.generator.bottleneck ?? null;
  const sum = (of: (leg: Leg) => number) => legs.reduce((total, one) => total + of(one), 0);
  const total = {
    ...legs[0]!,
    requests: sum((one) => one.requests),
    errors: { ...legs[0]!.errors, reset: sum((one) => one.errors.reset) },
    generator: { ...legs[0]!.generator, bottleneck },
  };
  return { name, url: "http://127.0.0.1:1", legs, total };
}

const of = (comparisons: readonly Comparison[], figure: string) => comparisons.find((one) => one.figure === figure);

t.test("pairs are compared, not totals", async (t) => {
  // Both drift by far more than they differ: unpaired, nothing could be seen.
  const drift = [100, 200, 400, 800];
  const a = target(
    "a",
    drift.map((us, i) => leg(i, us, 10)),
  );
  const b = target(
    "b",
    drift.map((us, i) => leg(i, us + 20 + (i % 2), null)),
  );
  const comparisons = compareTargets([a, b]);
  const p50 = of(comparisons, "p50")!;
  t.ok(p50.differenceIntervalUs[0] > 18 && p50.differenceIntervalUs[1] < 23, "the interval is narrow");
  t.equal(p50.inconclusive, null);
  t.equal(p50.pairs, 4);
  t.ok(p50.ratio > 1.05 && p50.ratio < 1.15);
  t.equal(of(comparisons, "cpu"), undefined, "no CPU where one target has none");
});

t.test("no interval is finer than the figure", async (t) => {
  const legsOf = (us: number) => [0, 1, 2, 3].map((i) => leg(i, us, us / 10));
  const figures = compareTargets([target("a", legsOf(100)), target("b", legsOf(101))]);
  const { differenceIntervalUs, ratioInterval } = of(figures, "p50")!;
  t.same(differenceIntervalUs, [0, 2], "a microsecond is not told from none");
  t.ok(ratioInterval[0] <= 1 && ratioInterval[1] > 1.015, `${ratioInterval}`);
  const slow = of(compareTargets([target("a", legsOf(500_000)), target("b", legsOf(500_000))]), "p99")!;
  t.ok(slow.differenceIntervalUs[0] <= -500 && slow.differenceIntervalUs[1] >= 500, "nor a thousandth");
  t.same(
    of(figures, "cpu")!.differenceIntervalUs.map((us) => us.toFixed(3)),
    ["0.100", "0.100"],
    "CPU is no such figure",
  );
});

const doubts: ReadonlyArray<readonly [rule: string, b: readonly Leg[], told: RegExp]> = [
  ["two pairs are too few", [0, 1].map((i) => leg(i, 100, 1)), /only 2 of at least 3 pairs/],
  ["one leg failed", [0, 1, 2].map((i) => leg(i, 100, 1, i === 1 ? 50 : 0)), /50 of 3050 requests to b failed/],
  [
    "one leg was the generator's",
    [0, 1, 2].map((i) => leg(i, 100, 1, 0, i === 1 ? "it was slow" : null)),
    /it was slow/,
  ],
];
for (const [rule, legs, told] of doubts) {
  const a = target(
    "a",
    legs.map((_, i) => leg(i, 90, 1)),
  );
  t.match(of(compareTargets([a, target("b", legs)]), "p99")!.inconclusive, told, `inconclusive: ${rule}`);
}
t.same(compareTargets([target("a", [leg(0, 1, 1)]), target("b", [leg(0, 2, 1)])]), [], "one pair is no comparison");
