import type { Command } from "commander";
import { addReportFlags, type ReportFlags, reportOptionsOf } from "../bench/report-flags.ts";

const examples = `
Examples:
  hostward bench compare before.json after.json
  hostward bench compare main.json change.json --max-ratio edge=1.05 --max-ratio edge=p99:1.2 --html change.html

Targets are matched by their names. A gate on a ratio is one of the run after to the run before, of one target.
Exits 0 when done, 1 when a gate failed or could not be judged or a file is no result, 2 for wrong usage.`;

/** `hostward bench compare`: what changed between two runs. */
export function addBenchCompare(bench: Command): void {
  const command = bench
    .command("compare")
    .description("Say what changed between two runs of which the results were kept: latency, CPU and errors.")
    .argument("<before>", "JSON file of the earlier run")
    .argument("<after>", "JSON file of the later run");
  addReportFlags(command);
  command
    .addHelpText("after", examples)
    .action(async (before: string, after: string, flags: ReportFlags, command: Command) => {
      const options = reportOptionsOf(flags, command);
      const { compare } = await import("../bench/compare.ts");
      process.exitCode = compare(before, after, options);
    });
}
