import { writeFileSync } from "node:fs";
import { styleText } from "node:util";
import { UnreachableError } from "../verify/exchange.ts";
import { junitReport } from "../verify/junit-report.ts";
import { NotOdooError, type Report, verify as run } from "../verify/run.ts";
import { type TargetWords, targetOf } from "../verify/target.ts";
import { textReport, withVerdict } from "../verify/text-report.ts";
import { CommandError, exitCodes, messageOf } from "./command-error.ts";

/** How to probe and where to report. */
export interface VerifyOptions {
  readonly words: TargetWords;
  readonly perSecond: number;
  readonly json: boolean;
  /** File for the JUnit report; `-` prints it in place of the text. */
  readonly junit: string | null;
}

/** Probes an edge and reports; returns the exit code. */
export async function verify({ words, perSecond, json, junit }: VerifyOptions): Promise<number> {
  const file = junit === "-" ? null : junit;
  if (file !== null) writeReport(file, ""); // a path that cannot be written is told before the probes, not after them
  const report = await probe(words, perSecond);
  if (file !== null) writeReport(file, junitReport(report));
  process.stdout.write(junit === "-" ? junitReport(report) : json ? documentOf(report) : textOf(report));
  return withVerdict(report, "violated").length === 0 ? exitCodes.ok : exitCodes.failed;
}

async function probe(words: TargetWords, perSecond: number): Promise<Report> {
  try {
    return await run(targetOf(words), perSecond);
  } catch (cause) {
    if (cause instanceof UnreachableError) {
      const where = words.connect === null ? words.authority : `${words.connect.host}:${words.connect.port}`;
      const hint = "--connect HOST:PORT goes to an address of your choice, --insecure takes any certificate";
      throw new CommandError(`cannot reach ${where}: ${cause.message}`, hint, { cause });
    }
    if (!(cause instanceof NotOdooError)) throw cause;
    const hint = "give the scheme and hostname of a tenant that works in a browser; nothing else was probed";
    throw new CommandError(cause.message, hint, { cause });
  }
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CommandError(
      `cannot write the JUnit report: ${messageOf(cause)}`,
      "--junit takes a file, or - for standard output",
      { cause },
    );
  }
}

function documentOf(report: Report): string {
  const counts = {
    holds: withVerdict(report, "holds").length,
    violated: withVerdict(report, "violated").length,
    unknown: withVerdict(report, "unknown").length,
  };
  return `${JSON.stringify({ ok: counts.violated === 0, counts, ...report }, null, 2)}\n`;
}

function textOf(report: Report): string {
  return textReport(report, (style, text) => styleText(style, text, { stream: process.stdout }));
}
