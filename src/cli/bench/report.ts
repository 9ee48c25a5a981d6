/** From a result to what people and programs read of it, and to the exit code. */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { styleText } from "node:util";
import { allPassed, judgeRun } from "../../load/gates.ts";
import { limitsProblem } from "../../load/limits.ts";
import { htmlReport } from "../../load/report/html-report.ts";
import { textReport } from "../../load/report/text-report.ts";
import type { Paint } from "../../load/report/text-table.ts";
import type { BenchResult, Gate } from "../../load/result.ts";
import { CommandError, exitCodes, messageOf } from "../command-error.ts";
import type { ReportOptions } from "./report-flags.ts";

/** Refuses what could not be reported or judged, before anything is measured. The first target is the baseline. */
export function checkReport(options: ReportOptions, targets: readonly string[]): void {
  checkLimits(options, targets, targets.length > 1 ? targets.slice(0, 1) : []);
  checkFiles(options);
}

export function checkLimits({ limits }: ReportOptions, targets: readonly string[], baselines: readonly string[]): void {
  const problem = limitsProblem(limits, targets, baselines);
  const hint = "gates hold for all targets, or for TARGET=LIMIT; --max-ratio takes the target to compare with";
  if (problem !== null) throw new CommandError(problem, hint, { exitCode: exitCodes.usage });
}

/** Judges the result, writes every report of it, and returns the exit code. */
export function report(measured: BenchResult, options: ReportOptions): number {
  const result = { ...measured, gates: judgeRun(options.limits, measured) };
  deliver(options, result, { text: (paint) => textReport(result, paint), html: () => htmlReport(result) });
  return exitCodeOf(result.gates);
}

/** Failed where a gate failed, or could not be judged. */
export function exitCodeOf(gates: readonly Gate[]): number {
  return allPassed(gates) ? exitCodes.ok : exitCodes.failed;
}

/** Writes the JSON document and the page where they are asked for, and the text unless one of these is printed. */
export function deliver(
  { json, html }: ReportOptions,
  document: object,
  reports: { readonly text: (paint: Paint) => string; readonly html: () => string },
): void {
  if (json !== null) write(json, `${JSON.stringify(document, null, 2)}\n`);
  if (html !== null) write(html, reports.html());
  if (json === "-" || html === "-") return;
  process.stdout.write(reports.text((style, text) => styleText(style, text, { stream: process.stdout })));
}

/** A file that cannot be written is told before the run. What an earlier run left in it stays until then. */
export function checkFiles({ json, html }: ReportOptions): void {
  for (const file of [json, html])
    if (file !== null && file !== "-") attempt(file, () => closeSync(openSync(file, "a")));
}

function write(file: string, text: string): void {
  if (file === "-") process.stdout.write(text);
  else attempt(file, () => writeFileSync(file, text));
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    const hint = "--json and --html take a file that can be written, or - for standard output";
    throw new CommandError(`cannot write ${file}: ${messageOf(cause)}`, hint, { cause });
  }
}
