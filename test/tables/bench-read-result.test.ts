import t from "tap";
import { parseResult } from "../../src/load/report/read-result.ts";
import { plainText } from "../../src/load/report/safe-text.ts";
import { benchResult, hostile, hostileResult, spoiledResult } from "../support/bench-results.ts";
import { noErrors } from "../support/bench-targets.ts";

for (const result of [benchResult(), spoiledResult(), hostileResult()]) {
  t.same(parseResult(JSON.stringify(result)), { result }, "a result comes back as it was");
}

/** The document with the value at a path replaced, or removed where it is undefined. */
function changed(path: string, value: unknown): string {
  const document = JSON.parse(JSON.stringify(benchResult()));
  const keys = path.split(".");
  const parent = keys.slice(0, -1).reduce((object, key) => object[key], document);
  parent[keys.at(-1)!] = value;
  return JSON.stringify(document);
}

const refused: ReadonlyArray<readonly [rule: string, text: string, problem: RegExp]> = [
  ["no JSON", "hello", /^it is no JSON$/],
  ["nothing", "", /^it is no JSON$/],
  ["null", "null", /`format` is missing/],
  ["another document", '{"findings": []}', /`format` is missing/],
  [
    "a comparison",
    '{"format": "hostward-bench-comparison/1"}',
    /is "hostward-bench-comparison\/1", not "hostward-bench\/1"/,
  ],
  ["another version", changed("format", "hostward-bench/2"), /is "hostward-bench\/2", not/],
  [
    "a field that is missing",
    changed("targets.0.total.errors.timeout", undefined),
    /`targets\.0\.total\.errors\.timeout`/,
  ],
  ["an unknown kind of error", changed("targets.0.total.errors.bad", 1), /`targets\.0\.total\.errors`.*bad/],
  ["an unknown field", changed("settings.speed", 1), /`settings`.*speed/],
  ["a figure that is none", changed("targets.0.total.latency.meanUs", null), /meanUs/],
  ["a negative count", changed("targets.0.total.requests", -1), /requests/],
  ["half a request", changed("targets.0.legs.1.requests", 0.5), /`targets\.0\.legs\.1\.requests`/],
  [
    "percentiles that reports need",
    changed("targets.1.total.latency.percentiles", [{ percentile: 50, us: 1 }]),
    /must have the percentiles 75, 90/,
  ],
  ["percentiles out of order", changed("targets.1.total.latency.percentiles.0.percentile", 60), /ascending/],
  ["an interval upside down", changed("comparisons.0.ratioInterval", [2, 1]), /must ascend/],
  ["no target", changed("targets", []), /`targets`/],
  ["more targets than a run has", changed("targets", Array(101).fill(benchResult().targets[0])), /`targets`/],
  ["more legs", changed("targets.0.legs", Array(101).fill(benchResult().targets[0]!.legs[0])), /`targets\.0\.legs`/],
  ["a name without an end", changed("targets.0.name", "x".repeat(1001)), /`targets\.0\.name`/],
  ["a text without an end", changed("command", "x".repeat(20_001)), /`command`/],
  ["a status that is none", changed("targets.0.total.statuses", { two: 2 }), /`targets\.0\.total\.statuses/],
  ["a time that is none", changed("startedAt", "yesterday"), /`startedAt`/],
];
for (const [rule, text, problem] of refused) t.match(parseResult(text), { problem }, rule);

// What stands in a terminal moves no cursor and fills no screen.
const wild = `\u001b]0;x\u0007\u009b2J${hostile}${"x".repeat(5000)}`;
const places: ReadonlyArray<readonly [rule: string, text: string]> = [
  ["a format", JSON.stringify({ format: wild })],
  ["a format that is no text", JSON.stringify({ format: { [wild]: 1 } })],
  ["the name of a field", JSON.stringify({ ...benchResult(), [wild]: 1 })],
  ["the name of a status", changed("targets.0.total.statuses", { [wild]: -1 })],
  ["the name of a kind of error", changed("targets.0.total.errors", { ...noErrors, [wild]: 1 })],
];
for (const [rule, text] of places) {
  const parsed = parseResult(text) as { readonly problem: string };
  t.equal(plainText(parsed.problem), parsed.problem, `${rule} is made plain`);
  t.ok(parsed.problem.length < 300, `${rule} is cut`);
}
