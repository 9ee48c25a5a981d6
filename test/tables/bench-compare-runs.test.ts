import t from "tap";
import { compareRuns } from "../../src/load/compare-runs.ts";
import { judgeChanges } from "../../src/load/gates.ts";
import type { Limit } from "../../src/load/limits.ts";
import type { BenchResult, LoadSettings, Machine } from "../../src/load/result.ts";
import { welch } from "../../src/load/welch.ts";
import { benchResult, limitsOf } from "../support/bench-results.ts";
import { targetOf } from "../support/bench-targets.ts";

// Reference values: scipy.stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95), where the degrees are whole.
t.same(welch([1, 2, 3], [2, 3, 4]).difference, 1, "the difference of means");
const [low, high] = welch([1, 2, 3], [2, 3, 4]).interval!;
t.ok(Math.abs(low + 1.2669) < 0.001 && Math.abs(high - 3.2669) < 0.001, "equal spreads: 4 degrees of freedom");
t.equal(welch([1], [2, 3]).interval, null, "one value has no spread");
t.same(welch([5, 5], [7, 7]), { difference: 2, interval: [2, 2] }, "no spread at all");
t.same(welch([5, 5], [7, 7], 1).interval, [1, 3], "but no interval is finer than the values");
const uneven = welch([10, 10.001, 9.999], [11, 13, 9]).interval!;
t.ok(Math.abs(uneven[1] - uneven[0] - 2 * 4.303 * Math.sqrt(4 / 3)) < 0.01, "the wide side alone decides");

const hostward = (medianUs: number, cpuUs: number | null, seed: number, pairs = 5): BenchResult["targets"] => [
  targetOf({ name: "hostward", medianUs, cpuUs }, pairs, seed),
];
const before = benchResult({ targets: hostward(310, 13.6, 1), comparisons: [] });
const changesTo = (targets: BenchResult["targets"]) =>
  compareRuns(before, benchResult({ targets, comparisons: [] })).targets[0]!.changes;

const slower = changesTo(hostward(620, 27.2, 2));
t.same(
  slower.map(({ figure, inconclusive }) => [figure, inconclusive]),
  [
    ["p50", null],
    ["p90", null],
    ["p99", null],
    ["mean", null],
    ["cpu", null],
  ],
  "all figures",
);
for (const { figure, ratio, ratioInterval, differenceIntervalUs } of slower) {
  t.ok(ratio > 1.8 && ratio < 2.2 && ratioInterval![0] > 1.5 && ratioInterval![1] < 2.5, `${figure}: twice as much`);
  t.ok(differenceIntervalUs![0] > 0, `${figure}: and that is no chance`);
}
const same = changesTo(hostward(310, 13.6, 3));
t.ok(
  same.every(({ ratioInterval }) => ratioInterval![0] < 1 && ratioInterval![1] > 1),
  "the same again is no change",
);
t.same(
  changesTo(hostward(310, null, 2)).map(({ figure }) => figure),
  ["p50", "p90", "p99", "mean"],
  "a figure that one run lacks is left out",
);
const single = changesTo(hostward(310, 13.6, 2, 1));
t.match(
  single[0],
  { differenceIntervalUs: null, ratioInterval: null, inconclusive: /one leg/, legs: [5, 1] },
  "one leg says too little",
);
const busy = changesTo([targetOf({ name: "hostward", medianUs: 310, cpuUs: 1, bottleneck: "busy" })]);
t.equal(busy[0]?.inconclusive, "after: busy", "a bottleneck of either run");
const failing = changesTo([targetOf({ name: "hostward", medianUs: 310, cpuUs: 1, errors: { reset: 900 } })]);
t.match(failing[0]?.inconclusive, /^after: 900 of 25,000 requests without a right answer/, "errors of either run");
const oneLeg = changesTo([targetOf({ name: "hostward", medianUs: 310, cpuUs: 12, errors: { reset: 51 } })]);
t.match(oneLeg[0]?.inconclusive, /^after: 51 of 25,000/, "errors of a single leg, as in the run itself");
const fewer = changesTo([targetOf({ name: "hostward", medianUs: 310, cpuUs: 12, errors: { reset: 50 } })]);
t.equal(fewer[0]?.inconclusive, null, "one in a hundred may fail in a leg");

const setting = (changed: Partial<LoadSettings>): BenchResult =>
  benchResult({ settings: { ...before.settings, ...changed } });
const machine = (changed: Partial<Machine>): BenchResult => benchResult({ machine: { ...before.machine, ...changed } });
const differing: ReadonlyArray<readonly [what: string, after: BenchResult, times: boolean, ratios: boolean]> = [
  ["loop", setting({ loop: "closed" }), false, false],
  ["arrivals", setting({ arrivals: "constant" }), false, false],
  ["rate", setting({ rate: 501 }), false, false],
  ["connections", setting({ connections: 33 }), false, false],
  ["warm-up", setting({ warmupSeconds: 3 }), true, true],
  ["seconds", setting({ seconds: 11 }), true, true],
  ["pairs", setting({ pairs: 6 }), true, true],
  ["time-out", setting({ timeoutMs: 1 }), false, false],
  ["seed", setting({ seed: 8 }), true, true],
  ["traffic", setting({ traffic: "GET /" }), false, false],
  ["requests", setting({ trafficDigest: "0" }), false, false],
  ["threads", setting({ threads: 2 }), false, false],
  ["sockets", setting({ sockets: 0 }), false, false],
  ["processor", machine({ cpu: "other" }), false, true],
  ["cores", machine({ cores: 4 }), false, true],
  ["memory", machine({ memoryMiB: 1 }), false, true],
  ["system", machine({ system: "other" }), true, true],
  ["Node", machine({ node: "26.0.0" }), true, true],
  ["Hostward", machine({ hostward: "0.2.0" }), true, true],
];
for (const [what, after, times, ratios] of differing) {
  const found = compareRuns(benchResult(), after);
  t.same(
    found.differences.map((one) => one.what),
    [what],
    `${what}: told`,
  );
  const why = `the runs differ in ${what}`;
  t.ok(
    found.targets.every(({ changes }) => changes.every(({ inconclusive }) => inconclusive === (times ? null : why))),
    `${what}: times`,
  );
  t.ok(
    found.ratios.length === 3 && found.ratios.every(({ inconclusive }) => inconclusive === (ratios ? null : why)),
    `${what}: ratios`,
  );
}
t.same(compareRuns(benchResult(), benchResult()).differences, [], "nothing differs");

const { trafficDigest: _, ...oldSettings } = before.settings;
const older = benchResult({ settings: oldSettings });
t.match(
  compareRuns(older, benchResult()).differences,
  [{ what: "requests", before: "unknown", comparable: false }],
  "a result that does not say what was asked is compared with none that does",
);
t.same(compareRuns(older, older).differences, [], "two of them by their words");

const others = compareRuns(benchResult(), benchResult({ targets: hostward(310, 13, 1), comparisons: [] }));
t.match(others, { onlyBefore: ["nginx"], onlyAfter: [], ratios: [] }, "a target that is gone");

const still = targetOf({ name: "hostward", medianUs: 310, cpuUs: 0 });
t.same(
  changesTo([still]).map(({ figure }) => figure),
  ["p50", "p90", "p99", "mean"],
  "a clock that did not move measured no CPU",
);

const gatesOf = (limits: readonly Limit[], after: BenchResult["targets"]) =>
  judgeChanges(limits, after, compareRuns(before, benchResult({ targets: after })).targets);
const gate = (limit: string, after: BenchResult["targets"]) => gatesOf(limitsOf(["--max-ratio", limit]), after)[0];
t.match(
  gate("hostward=1.5", hostward(620, 27.2, 2)),
  { verdict: "failed", reason: /is more than 1\.50x/ },
  "dearer than allowed",
);
t.match(gate("hostward=p50:2.5", hostward(620, 27.2, 2)), { verdict: "passed" }, "as dear as allowed");
t.match(
  gate("hostward=2.5", hostward(620, 27.2, 2, 1)),
  { verdict: "refused", reason: /one leg/ },
  "not known well enough",
);

const newcomer = [...hostward(310, 13.6, 2), targetOf({ name: "new", medianUs: 9_000, cpuUs: 90 })];
t.match(
  gatesOf(limitsOf(["--max-p50", "2ms"]), newcomer),
  [
    { target: "hostward", verdict: "passed" },
    { target: "new", verdict: "failed" },
  ],
  "a target that only the later run has is held to its limits",
);
t.match(
  gatesOf(limitsOf(["--max-ratio", "new=p50:2"]), newcomer),
  [{ target: "new", verdict: "refused", value: null, reason: /takes both runs/ }],
  "but there is nothing that it could be compared with",
);
