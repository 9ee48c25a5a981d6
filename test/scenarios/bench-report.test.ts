import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t from "tap";
import type { RunComparison } from "../../src/load/compare-runs.ts";
import { parseResult } from "../../src/load/report/read-result.ts";
import type { BenchResult } from "../../src/load/result.ts";
import { benchResult, hostile } from "../support/bench-results.ts";
import { targetOf } from "../support/bench-targets.ts";
import { runCli, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder(t);
const file = (name: string): string => join(folder, name);
const slower = benchResult({ targets: [targetOf({ name: "hostward", medianUs: 620, cpuUs: 27.2 })], comparisons: [] });
writeFileSync(file("before.json"), JSON.stringify(benchResult()));
writeFileSync(file("after.json"), JSON.stringify(slower));
writeFileSync(file("other.json"), '{"format":"hostward-bench/0"}');
writeFileSync(
  file("stranger.json"),
  JSON.stringify(benchResult({ targets: [targetOf({ name: "x", medianUs: 1, cpuUs: 1 })] })),
);
const compare = (...args: readonly string[]) => runCli(["bench", "compare", ...args]);
const both = [file("before.json"), file("after.json")];

t.test("two runs are compared, gated and written", async (t) => {
  const page = file("page.html");
  const passed = await compare(...both, "--html", page, "--max-ratio", "hostward=cpu:2.5", "--max-p99", "hostward=9ms");
  t.equal(passed.code, 0, passed.stderr);
  t.match(passed.stdout, /hostward +cpu +13\.2 µs +\S+ µs .*2\.0\dx/, "the change");
  t.match(passed.stdout, /passed +--max-ratio hostward=cpu:2\.5 +hostward/, "the gate");
  t.notMatch(passed.stdout + passed.stderr, /\u001b/, "no colour where nobody looks");
  const written = readFileSync(page, "utf8");
  t.match(
    written,
    '<th scope="row" class="left">passed</th><td class="left">--max-ratio hostward=cpu:2.5</td>',
    "the page",
  );
});

t.test("a change for the worse fails a build", async (t) => {
  const failed = await compare(...both, "--max-ratio", "hostward=1.5", "--json");
  t.equal(failed.code, 1, "exit code");
  const printed = JSON.parse(failed.stdout) as RunComparison;
  t.match(printed, { format: "hostward-bench-comparison/1", onlyBefore: ["nginx"], gates: [{ verdict: "failed" }] });
});

t.test("a target that only the run after has is judged too", async (t) => {
  const [after, before] = both;
  const failed = await compare(before!, after!, "--max-p99", "1us", "--max-ratio", "nginx=2", "--json");
  t.equal(failed.code, 1, failed.stderr);
  t.match(JSON.parse(failed.stdout), {
    onlyAfter: ["nginx"],
    gates: [
      { target: "nginx", verdict: "failed" },
      { target: "hostward", verdict: "failed" },
      { target: "nginx", verdict: "refused" },
    ],
  });
});

const refused: ReadonlyArray<readonly [rule: string, args: readonly string[], code: number, message: RegExp]> = [
  ["a gate for a target that is gone", [...both, "--max-ratio", "nginx=2"], 2, /names no target: they are hostward/],
  [
    "a limit without a unit",
    [...both, "--max-p99", "2"],
    2,
    /--max-p99 <time>' argument '2' is invalid\. It must be a time/,
  ],
  ["a ratio of nothing", [...both, "--max-ratio", "1.25"], 2, /It must be NAME=1\.25 or NAME=FIGURE:1\.25/],
  ["two documents on one output", [...both, "--json", "--html", "-"], 2, /both want standard output/],
  [
    "two documents in one file",
    [...both, "--json", file("one"), "--html", `${folder}/./one`],
    2,
    /--json and --html name the same file/,
  ],
  ["a flag of the run itself", [...both, "--rate", "5"], 2, /unknown option '--rate'/],
  ["one file", [file("before.json")], 2, /missing required argument 'after'/],
  ["a file that is none", [file("no.json"), both[1]!], 1, /cannot read .*no\.json/],
  ["another version", [both[0]!, file("other.json")], 1, /its `format` is "hostward-bench\/0"/],
  ["no target in common", [both[0]!, file("stranger.json")], 1, /no target in common/],
  ["a page that cannot be written", [...both, "--html", file("no/page.html")], 1, /cannot write .*page\.html/],
];
for (const [rule, args, code, message] of refused) {
  t.test(`refused: ${rule}`, async (t) => {
    const result = await compare(...args);
    t.equal(result.code, code, "exit code");
    t.match(result.stderr, message, "message");
    t.match(result.stderr, /\n {2}hint: /, "what to do");
    t.equal(result.stdout, "", "no report");
  });
}

t.test("names of a file move no cursor where they are told", async (t) => {
  const wild = benchResult({ targets: [targetOf({ name: hostile, medianUs: 310, cpuUs: 12 })], comparisons: [] });
  writeFileSync(file("wild.json"), JSON.stringify(wild));
  const { code, stderr } = await compare(file("wild.json"), file("wild.json"), "--max-p99", "x=2ms");
  t.equal(code, 2);
  t.match(stderr, /names no target: they are .*<script>/, "the name");
  t.notMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/, "without what is not seen");
});

t.test("a run is written, read back and judged", async (t) => {
  const server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  const target = `a=http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load = [
    "bench",
    "--target",
    target,
    "--rate",
    "50",
    "--seconds",
    "0.4",
    "--warmup",
    "0",
    "--pairs",
    "1",
    "--connections",
    "4",
  ];
  const [json, page] = [file("run.json"), file("run.html")];
  writeFileSync(json, "an earlier run");

  const wrong = await runCli([...load, "--json", json, "--max-p99", "b=2ms"]);
  t.match(wrong, { code: 2, stderr: /names no target: they are a/ }, "judged before anything is measured");
  t.equal(readFileSync(json, "utf8"), "an earlier run", "and what was there stays");

  const run = await runCli([...load, "--json", json, "--html", page, "--max-p50", "1us"]);
  t.equal(run.code, 1, `nothing is that fast: ${run.stderr}`);
  t.match(run.stdout, /target +p50 +p90 +p99 +p99\.9 +max +requests\/s +errors +time-outs\n +a +/, "the table");
  t.match(run.stdout, /(?:failed|refused) +--max-p50 1us +a\n/, "the gate");
  t.notMatch(run.stdout + run.stderr, /[\r\u001b]/, "no progress and no colour where nobody looks");
  const read = parseResult(readFileSync(json, "utf8")) as { readonly result: BenchResult };
  t.match(
    read,
    { result: { targets: [{ name: "a" }], gates: [{ text: "--max-p50 1us", target: "a" }] } },
    "the result",
  );
  t.match(readFileSync(page, "utf8"), /<title>Load on a<\/title>/, "the page");

  const printed = await runCli([...load, "--json"]);
  t.match(parseResult(printed.stdout), { result: { gates: [] } }, "printed in place of the text");
  t.equal(printed.code, 0, "no gate, no failure");
});
