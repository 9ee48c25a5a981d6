import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { compareRuns } from "../../src/load/compare-runs.ts";
import { judgeChanges, judgeRun } from "../../src/load/gates.ts";
import { comparisonTextReport } from "../../src/load/report/comparison-report.ts";
import { count, shortTime } from "../../src/load/report/format.ts";
import { htmlComparison, htmlReport } from "../../src/load/report/html-report.ts";
import { drawBarPlot } from "../../src/load/report/plots/bar-plot.ts";
import { drawLinePlot } from "../../src/load/report/plots/line-plot.ts";
import { svgFile } from "../../src/load/report/plots/svg.ts";
import { textReport } from "../../src/load/report/text-report.ts";
import { benchResult, comparisonOf, hostileResult, limitsOf, spoiledResult } from "../support/bench-results.ts";
import { targetOf } from "../support/bench-targets.ts";

/**
 * What the reports of made-up runs look like: text, pages, drawings. `UPDATE_GOLDEN=1` rewrites them; open what changed
 * in a browser, light and dark, wide and narrow, before it is committed.
 */
const plain = (_style: string, text: string): string => text;

const limits = limitsOf(["--max-p99", "2ms"], ["--max-p50", "hostward=100us"], ["--max-ratio", "nginx=1.25"]);
const good = benchResult();
const gated = { ...good, gates: judgeRun(limits, good) };
const spoiled = spoiledResult();
const later = benchResult({
  startedAt: "2026-03-02T08:30:00.000Z",
  targets: [
    targetOf({ name: "nginx", medianUs: 241, cpuUs: 11.3 }, 5, 40),
    targetOf({ name: "hostward", medianUs: 290, cpuUs: 12.1 }, 5, 41),
  ],
  comparisons: [comparisonOf("hostward", "cpu", 11.3, 1.09, 0.02)],
});
const change = compareRuns(good, later);
const changed = {
  ...change,
  gates: judgeChanges(limitsOf(["--max-ratio", "hostward=1.05"]), later.targets, change.targets),
};
const elsewhere = compareRuns(good, {
  ...spoiled,
  settings: { ...spoiled.settings, rate: 900 },
  machine: { ...spoiled.machine, cpu: "Other" },
});

const peers = [
  "hostward",
  "nginx",
  "HAProxy",
  "Envoy, bare",
  "Envoy with the emitted configuration",
  "node:http + undici",
];
const bars = drawBarPlot({
  title: "CPU per request",
  description: "Six peers.",
  label: "times nginx, median of the rounds; whiskers: least and most",
  format: (value) => `${value.toFixed(2)}x`,
  bars: peers.map((name, at) => ({ name, value: 1.2 + at, spread: [1.1 + at, 1.4 + at], emphasised: at === 0 })),
  goal: { value: 1.25, name: "goal: 1.25x" },
});
const lines = drawLinePlot({
  title: "CPU by number of tenants",
  description: "Six peers, from 1 to 100,000 tenants.",
  x: { label: "tenants", scale: "log", format: count },
  y: { label: "CPU per request", scale: "linear", format: shortTime },
  series: peers.map((name, at) => ({
    name,
    points: [1, 10, 100, 1000, 10_000, 100_000].map((x) => [x, 12 + at + Math.log2(x) * at]),
  })),
});

const outputs: Readonly<Record<string, string>> = {
  "run.txt": textReport(gated, plain),
  "run.html": htmlReport(gated),
  "spoiled.txt": textReport(spoiled, plain),
  "spoiled.html": htmlReport(spoiled),
  "hostile.txt": textReport(hostileResult(), plain),
  "compare.txt": comparisonTextReport(changed, plain),
  "compare.html": htmlComparison(changed),
  "compare-elsewhere.txt": comparisonTextReport(elsewhere, plain),
  "bars.svg": svgFile(bars),
  "lines.svg": svgFile(lines),
};

const root = import.meta.dirname;
const found = (): string[] => readdirSync(root).filter((name) => !name.endsWith(".test.ts"));
if (process.env.UPDATE_GOLDEN === "1") {
  for (const name of found()) if (!(name in outputs)) rmSync(join(root, name));
  for (const [name, text] of Object.entries(outputs)) writeFileSync(join(root, name), text);
}
t.same(found().sort(), Object.keys(outputs).sort(), "nothing is missing and nothing is left over");
for (const [name, text] of Object.entries(outputs)) {
  const file = join(root, name);
  t.equal(existsSync(file) ? readFileSync(file, "utf8") : null, text, name);
}
