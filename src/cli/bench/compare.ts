import { readFileSync } from "node:fs";
import { compareRuns } from "../../load/compare-runs.ts";
import { judgeChanges } from "../../load/gates.ts";
import { comparisonTextReport } from "../../load/report/comparison-report.ts";
import { htmlComparison } from "../../load/report/html-report.ts";
import { parseResult } from "../../load/report/read-result.ts";
import type { BenchResult } from "../../load/result.ts";
import { CommandError, messageOf } from "../command-error.ts";
import { checkFiles, checkLimits, deliver, exitCodeOf } from "./report.ts";
import type { ReportOptions } from "./report-flags.ts";

/** Compares two results and reports; returns the exit code. Gates are about the later run, and ratios to the earlier. */
export function compare(beforeFile: string, afterFile: string, options: ReportOptions): number {
  const after = readResult(afterFile);
  const compared = compareRuns(readResult(beforeFile), after);
  const { targets } = compared;
  if (targets.length === 0) {
    throw new CommandError("the runs have no target in common", "targets are matched by their names, see --target");
  }
  const names = after.targets.map(({ name }) => name);
  checkLimits(options, names, names);
  checkFiles(options);
  const result = { ...compared, gates: judgeChanges(options.limits, after.targets, targets) };
  const text: Parameters<typeof deliver>[2]["text"] = (paint) => comparisonTextReport(result, paint);
  deliver(options, result, { text, html: () => htmlComparison(result) });
  return exitCodeOf(result.gates);
}

function readResult(file: string): BenchResult {
  const parsed = parseResult(readText(file));
  if ("result" in parsed) return parsed.result;
  throw new CommandError(`cannot use ${file}: ${parsed.problem}`, "it takes what `hostward bench --json FILE` wrote");
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const hint = "give two files that `hostward bench --json FILE` wrote, the earlier one first";
    throw new CommandError(`cannot read ${file}: ${messageOf(cause)}`, hint, { cause });
  }
}
