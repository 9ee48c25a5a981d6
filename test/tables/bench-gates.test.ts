import t from "tap";
import { allPassed, judgeRun } from "../../src/load/gates.ts";
import { type GateFlag, limitsProblem, parseLimit } from "../../src/load/limits.ts";
import type { Comparison, Gate, TargetResult } from "../../src/load/result.ts";
import { benchResult, comparisonOf, limitsOf } from "../support/bench-results.ts";
import { type TargetTraits, targetOf } from "../support/bench-targets.ts";

const read: ReadonlyArray<readonly [flag: GateFlag, value: string, want: unknown]> = [
  ["--max-p99", "2ms", { figure: "p99", target: null, limit: 2000 }],
  ["--max-p99", "1.5ms", { figure: "p99", target: null, limit: 1500 }],
  ["--max-p50", "hostward=800us", { figure: "p50", target: "hostward", limit: 800 }],
  ["--max-p50", "0.5s", { figure: "p50", target: null, limit: 500_000 }],
  ["--max-cpu", "30µs", { figure: "cpu", target: null, limit: 30 }],
  ["--max-cpu", "30μs", { figure: "cpu", target: null, limit: 30 }],
  ["--max-errors", "0.1%", { figure: "errors", target: null, limit: 0.001 }],
  ["--max-errors", "0%", { figure: "errors", target: null, limit: 0 }],
  ["--max-errors", "a b=100%", { figure: "errors", target: "a b", limit: 1 }],
  ["--max-ratio", "nginx=1.25", { figure: "cpu", target: "nginx", limit: 1.25 }],
  ["--max-ratio", "nginx=1.25x", { figure: "cpu", target: "nginx", limit: 1.25 }],
  ["--max-ratio", "nginx=p99:1.25", { figure: "p99", target: "nginx", limit: 1.25 }],
  ["--max-ratio", "http://a:1=mean:3", { figure: "mean", target: "http://a:1", limit: 3 }],
];
for (const [flag, value, want] of read) {
  const kind = flag === "--max-ratio" ? "ratio" : "figure";
  t.same(
    parseLimit(flag, value),
    { limit: { kind, text: `${flag} ${value}`, ...(want as object) } },
    `${flag} ${value}`,
  );
}

const refused: ReadonlyArray<readonly [flag: GateFlag, value: string]> = [
  ...[
    "",
    "2",
    "2 ms",
    "-2ms",
    "0ms",
    "2m",
    "2min",
    "1e3us",
    "a=",
    "a=b=2ms",
    "NaNms",
    "2ms,3ms",
    "=2ms",
    "0x10us",
  ].flatMap((value) => [["--max-p99", value] as const, ["--max-p50", value] as const, ["--max-cpu", value] as const]),
  ...["", "0.1", "101%", "-1%", "1 %", "a=", "1e-3%"].map((value) => ["--max-errors", value] as const),
  ...[
    "",
    "1.25",
    "nginx",
    "nginx=",
    "nginx=0",
    "nginx=-1",
    "nginx=p99",
    "nginx=p98:1",
    "nginx=p99:",
    "nginx=1:p99",
    "=1.2",
    "nginx=cpu:1.2:3",
    "nginx=1e3",
  ].map((value) => ["--max-ratio", value] as const),
];
for (const [flag, value] of refused)
  t.match(parseLimit(flag, value), { problem: /^It must be / }, `refused: ${flag} ${value}`);

const problems: ReadonlyArray<
  readonly [rule: string, limit: readonly [GateFlag, string], baselines: readonly string[], want: RegExp]
> = [
  ["a limit for all targets", ["--max-p99", "2ms"], ["a"], /^null$/],
  ["a limit for one", ["--max-p99", "b=2ms"], ["a"], /^null$/],
  ["a target that is none", ["--max-p99", "c=2ms"], ["a"], /`--max-p99 c=2ms` names no target: they are a, b/],
  ["the baseline", ["--max-ratio", "a=2"], ["a"], /^null$/],
  ["not the baseline", ["--max-ratio", "b=2"], ["a"], /names `b`, but what the others are compared with is a/],
  ["either run has the target", ["--max-ratio", "b=2"], ["a", "b"], /^null$/],
  ["nothing to compare", ["--max-ratio", "a=2"], [], /needs a second target/],
];
for (const [rule, limit, baselines, want] of problems) {
  t.match(String(limitsProblem(limitsOf(limit), ["a", "b"], baselines)), want, rule);
}

type Verdict = Gate["verdict"];
type Given = ReadonlyArray<readonly [flag: GateFlag, value: string]>;
const runOf = (targets: readonly TargetResult[], comparisons: readonly Comparison[] = []) => ({ targets, comparisons });
const plain = (name: string): TargetResult => targetOf({ name, medianUs: 300, cpuUs: 12 }, 1);
const both = ["nginx", "x"].map(plain);
const one = (flags: Given, traits: Partial<TargetTraits>): readonly Gate[] =>
  judgeRun(limitsOf(...flags), runOf([targetOf({ name: "x", medianUs: 300, cpuUs: 12, ...traits }, 2)]));

const figures: ReadonlyArray<
  readonly [rule: string, flags: Given, traits: Partial<TargetTraits>, want: Verdict, reason: RegExp]
> = [
  ["a latency within its limit", [["--max-p99", "2ms"]], {}, "passed", /^\d+ µs of at most 2\.00 ms$/],
  ["a latency over its limit", [["--max-p50", "100us"]], {}, "failed", /^\d+ µs is more than 100 µs$/],
  ["CPU within its limit", [["--max-cpu", "30us"]], {}, "passed", /of at most 30\.0 µs/],
  ["CPU over its limit", [["--max-cpu", "3us"]], {}, "failed", /is more than 3\.00 µs/],
  [
    "CPU that nobody measured",
    [["--max-cpu", "30us"]],
    { cpuUs: null },
    "refused",
    /no process of the target was named/,
  ],
  [
    "errors have no latency",
    [["--max-p99", "2ms"]],
    { errors: { timeout: 1 } },
    "failed",
    /1 of 10,000 .*\(timeout 1\).*--max-errors/,
  ],
  ["errors make CPU cheap", [["--max-cpu", "30us"]], { errors: { reset: 1 } }, "failed", /\(reset 1\)/],
  [
    "errors that are allowed",
    [
      ["--max-p99", "2ms"],
      ["--max-errors", "0.1%"],
    ],
    { errors: { reset: 10 } },
    "passed",
    /µs of at most/,
  ],
  [
    "errors that are allowed for another",
    [
      ["--max-p99", "2ms"],
      ["--max-errors", "y=1%"],
    ],
    { errors: { reset: 10 } },
    "failed",
    /reset/,
  ],
  [
    "more errors than allowed",
    [
      ["--max-p99", "2ms"],
      ["--max-errors", "0.1%"],
    ],
    { errors: { reset: 11 } },
    "failed",
    /reset 11/,
  ],
  [
    "the strictest allowance counts",
    [
      ["--max-p99", "2ms"],
      ["--max-errors", "1%"],
      ["--max-errors", "x=0%"],
    ],
    { errors: { reset: 1 } },
    "failed",
    /reset 1/,
  ],
  [
    "errors within their limit",
    [["--max-errors", "0.1%"]],
    { errors: { status: 10 } },
    "passed",
    /^0\.1% of at most 0\.1%$/,
  ],
  [
    "errors over their limit",
    [["--max-errors", "0.1%"]],
    { errors: { status: 11 } },
    "failed",
    /^0\.11% is more than 0\.1%$/,
  ],
  ["what could not be sent has no latency", [["--max-p99", "2ms"]], { unsent: 5 }, "failed", /\(not sent 5\)/],
  [
    "what could not be sent is no right answer",
    [["--max-errors", "0%"]],
    { unsent: 5 },
    "failed",
    /0\.05% is more than 0%/,
  ],
  ["a target that died halfway", [["--max-p99", "2ms"]], { errors: { connect: 5000 } }, "failed", /5,000 of 10,000/],
  [
    "a target that was allowed to die",
    [
      ["--max-p50", "2ms"],
      ["--max-errors", "100%"],
    ],
    { errors: { connect: 5000 } },
    "passed",
    /of at most/,
  ],
  [
    "a generator that was too slow",
    [["--max-p99", "2ms"]],
    { bottleneck: "its loop was busy" },
    "refused",
    /^its loop was busy$/,
  ],
  ["too slow to count errors, too", [["--max-errors", "1%"]], { bottleneck: "its loop was busy" }, "refused", /busy/],
];
for (const [rule, flags, traits, want, reason] of figures) {
  t.match(one(flags, traits)[0], { verdict: want, reason, target: "x" }, rule);
}

const whole = targetOf({ name: "x", medianUs: 300, cpuUs: 12 }, 3);
const partly = { ...whole, legs: whole.legs.map((leg, pair) => (pair === 1 ? { ...leg, cost: null } : leg)) };
const cpuOf = (target: TargetResult) => judgeRun(limitsOf(["--max-cpu", "30us"]), runOf([target]))[0];
t.match(
  cpuOf(partly),
  { verdict: "refused", reason: /^CPU was measured in 2 of 3 legs only: / },
  "CPU of some legs is not that of all",
);
t.match(cpuOf(whole), { verdict: "passed" }, "CPU of all legs");
for (const cpuUs of [0, 1.5]) {
  const quiet = targetOf({ name: "x", medianUs: 300, cpuUs }, 3);
  t.match(cpuOf(quiet), { verdict: "refused", reason: /not told from nothing/ }, `${cpuUs} µs of CPU is none`);
}

const silent = targetOf({ name: "x", medianUs: 300, cpuUs: 1, errors: { connect: 5000 } }, 1);
const [late] = judgeRun(limitsOf(["--max-p99", "2ms"], ["--max-errors", "100%"]), runOf([silent]));
t.match(late, { verdict: "refused", value: null, reason: "no request had a right answer" }, "no latency is no 0");
const idle = { ...silent, total: { ...silent.total, requests: 0, errors: { ...silent.total.errors, connect: 0 } } };
const nothing = judgeRun(limitsOf(["--max-errors", "100%"]), runOf([idle]));
t.match(nothing[0], { verdict: "refused", value: null, reason: "no request came to an end" }, "nothing is no success");

const ratios: ReadonlyArray<
  readonly [rule: string, ratio: number, half: number, why: string | null, want: Verdict, reason: RegExp]
> = [
  ["all of the interval below", 1.2, 0.04, null, "passed", /^1\.20x \[1\.16, 1\.24\] of at most 1\.25x$/],
  ["all of the interval above", 1.4, 0.04, null, "failed", /is more than 1\.25x$/],
  ["an interval across, the middle below", 1.24, 0.04, null, "refused", /reaches over 1\.25x: more pairs/],
  ["an interval across, the middle above", 1.27, 0.04, null, "refused", /reaches over/],
  ["nothing may be concluded", 1.0, 0.01, "only 1 of at least 3 pairs", "refused", /^only 1 of at least 3 pairs$/],
];
for (const [rule, ratio, half, why, want, reason] of ratios) {
  const [gate, ...rest] = judgeRun(
    limitsOf(["--max-ratio", "nginx=1.25"]),
    runOf(both, [comparisonOf("x", "cpu", 10, ratio, half, why)]),
  );
  t.match(gate, { verdict: want, reason, target: "x", unit: "x", value: ratio }, `ratio: ${rule}`);
  t.equal(rest.length, 0);
}

const failing = (name: string): readonly Gate[] => {
  const targets = ["nginx", "x"].map((one) =>
    targetOf({ name: one, medianUs: 9, cpuUs: 9, errors: { reset: one === name ? 1 : 0 } }, 1),
  );
  return judgeRun(limitsOf(["--max-ratio", "nginx=1.25"]), runOf(targets, [comparisonOf("x", "cpu", 10, 1, 0.01)]));
};
t.match(failing("x"), [{ verdict: "failed", reason: /\(reset 1\)/ }], "ratio: a target with errors does not pass");
t.match(failing("nginx"), [{ verdict: "refused", reason: /^nginx: 1 of/ }], "ratio: a baseline with errors is none");
t.match(failing("nobody"), [{ verdict: "passed" }], "ratio: no errors");

const noCpu = judgeRun(limitsOf(["--max-ratio", "nginx=1.25"]), runOf(both, [comparisonOf("x", "p99", 10, 1, 0.01)]));
t.match(
  noCpu,
  [{ verdict: "refused", value: null, reason: /nothing compares its cpu with nginx/ }],
  "a figure that was not measured",
);

const third = runOf(["nginx", "x", "y"].map(plain), [comparisonOf("x", "cpu", 10, 1, 0.01)]);
t.match(
  judgeRun(limitsOf(["--max-ratio", "nginx=1.25"]), third),
  [
    { target: "x", verdict: "passed" },
    { target: "y", verdict: "refused", value: null },
  ],
  "a target that has no ratio does not pass with the others",
);

const gates = judgeRun(
  limitsOf(["--max-p99", "2ms"], ["--max-p50", "hostward=2ms"], ["--max-ratio", "nginx=p99:2"]),
  benchResult(),
);
t.same(
  gates.map(({ text, target }) => `${text} ${target}`),
  [
    "--max-p99 2ms nginx",
    "--max-p99 2ms hostward",
    "--max-p50 hostward=2ms hostward",
    "--max-ratio nginx=p99:2 hostward",
  ],
  "a gate for each limit and target, in their order",
);
t.equal(allPassed(gates), true, "all passed");
t.equal(allPassed([...gates, ...noCpu]), false, "refused is no pass");
t.equal(allPassed([]), true, "nothing asked");
