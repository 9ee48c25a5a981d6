/** The reports as pages. */
import type { RunComparison } from "../compare-runs.ts";
import type { BenchResult, Gate, TargetResult } from "../result.ts";
import { comparisonConcernsOf, comparisonFactsOf, comparisonTablesOf } from "./comparison-tables.ts";
import { concernsOf, factsOf } from "./head.ts";
import { type Page, type Plot, renderPage } from "./page.ts";
import { cpuPerRequest, errorsByKind, latencyByPercentile, latencyOverTime } from "./plots-of-run.ts";
import { tablesOf } from "./tables.ts";

const method = [
  "Latency runs from the moment at which a request was due, not from the one at which it left: what waits because the target, or the harness, is late counts in full, so a stall is seen by all requests that fell into it. Only requests that ended with a right answer have a latency; all others are counted as errors beside it.",
  "Targets are measured in turns, in pairs of legs whose order alternates, so that what else the machine does falls on all of them. An interval of confidence is one over the pairs: it holds for the difference that pairs show, on this machine, in this run.",
  "CPU is what the kernel accounts to the target's processes, per request that came to an end. Memory is resident. The harness measures its own lateness; where it was the bottleneck it says that nothing may be concluded.",
];

const closedLoop =
  "This run is a closed loop: each connection sends its next request when the last one was answered, so a stall is seen once for each connection, and percentiles are too low.";

/** The page of a run. */
export function htmlReport(result: BenchResult): string {
  const { targets, settings } = result;
  return renderPage({
    title: `Load on ${targets.map(({ name }) => name).join(", ")}`,
    facts: factsOf(result),
    concerns: [...missedGates(result.gates), ...concernsOf(result)],
    plots: [
      line(latencyByPercentile(targets)),
      line(latencyOverTime(targets, "p50")),
      line(latencyOverTime(targets, "p99")),
      ...barsOf(targets),
    ],
    tables: tablesOf(result),
    method: settings.loop === "closed" ? [closedLoop, ...method] : method,
  });
}

/** The page of a comparison of two runs. */
export function htmlComparison(comparison: RunComparison): string {
  const sides = comparison.targets.flatMap(({ name, before, after }) => [
    { ...before, name: `${name}, before` },
    { ...after, name: `${name}, after` },
  ]);
  const page: Page = {
    title: "Two runs compared",
    facts: comparisonFactsOf(comparison),
    concerns: [...missedGates(comparison.gates), ...comparisonConcernsOf(comparison)],
    plots: sides.length === 0 ? [] : [line(latencyByPercentile(sides)), ...barsOf(sides)],
    tables: comparisonTablesOf(comparison),
    method: [
      "The runs were made at different times, so legs do not pair: intervals are Welch's, over the legs of each run. They know the spread within each run, not what changed on the machine between them.",
      ...method,
    ],
  };
  return renderPage(page);
}

/** Whether gates did not pass: a page tells that first. */
function missedGates(gates: readonly Gate[]): readonly string[] {
  const missed = gates.filter(({ verdict }) => verdict !== "passed");
  const failed = missed.filter(({ verdict }) => verdict === "failed").length;
  const kinds = `${failed} failed, ${missed.length - failed} refused`;
  return missed.length === 0 ? [] : [`${missed.length} of ${gates.length} gates did not pass: ${kinds}`];
}

function line(plot: Extract<Plot, { kind: "line" }>["plot"]): Plot {
  return { kind: "line", plot };
}

function barsOf(targets: readonly TargetResult[]): readonly Plot[] {
  return [
    { kind: "bar", plot: cpuPerRequest(targets) },
    { kind: "bar", plot: errorsByKind(targets) },
  ];
}
