/** The report for people. */
import type { Report } from "./run.ts";
import { type Finding, type Severity, severities, type Verdict } from "./types.ts";

/** How the report may be coloured; on a pipe it returns its text. */
export type Paint = (style: "bold" | "dim" | "green" | "red" | "yellow", text: string) => string;

/** What is violated, how to fix it, what stays open and why, then what holds, then a summary. */
export function textReport(report: Report, paint: Paint): string {
  const bad = withVerdict(report, "violated").toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
  const sections = [
    ...bad.map((finding) => violation(finding, paint)),
    ...remedies(bad, paint),
    ...lines(
      withVerdict(report, "unknown"),
      ({ id, title, saw }) =>
        `${paint("yellow", "?")} ${id}  ${title}\n    ${paint("dim", `cannot be seen from outside: ${saw}`)}`,
    ),
    ...lines(withVerdict(report, "holds"), ({ id, title }) => `${paint("green", "✓")} ${id}  ${title}`),
  ];
  return `${sections.join("\n\n")}\n\n${summary(report, bad, paint)}\n`;
}

/** How many there are of each severity: `2 critical, 1 low`. */
function countBySeverity(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return severities.flatMap((severity) => (count(severity) === 0 ? [] : [`${count(severity)} ${severity}`])).join(", ");
}

/** The findings with one verdict, in the order of the report. */
export function withVerdict({ findings }: Report, verdict: Verdict): readonly Finding[] {
  return findings.filter((finding) => finding.verdict === verdict);
}

function lines(findings: readonly Finding[], line: (finding: Finding) => string): string[] {
  return findings.length === 0 ? [] : [findings.map(line).join("\n")];
}

function violation({ id, title, severity, sent, saw, why }: Finding, paint: Paint): string {
  return [
    `${paint("red", `✗ ${severity}`)}  ${paint("bold", id)}  NOT so: ${title}`,
    `    sent  ${sent}`,
    `    got   ${saw}`,
    `    why   ${why}`,
  ].join("\n");
}

/** What to change, once for all findings that it mends. */
function remedies(bad: readonly Finding[], paint: Paint): string[] {
  const byFix = Map.groupBy(bad, ({ fix }) => fix);
  return [...byFix].map(([fix, findings]) => {
    const lines = Object.entries(fix).map(([where, what]) => `    ${where}: ${what}`);
    return [`${paint("bold", "To fix")} ${findings.map(({ id }) => id).join(", ")}`, ...lines].join("\n");
  });
}

function summary(report: Report, bad: readonly Finding[], paint: Paint): string {
  const { url, requests, durationMs } = report;
  const violated = bad.length === 0 ? "none violated" : `${bad.length} violated (${countBySeverity(bad)})`;
  const counts = `${withVerdict(report, "holds").length} hold, ${violated}, ${withVerdict(report, "unknown").length} unknown`;
  const effort = `${requests} requests in ${(durationMs / 1000).toFixed(1)} s`;
  return `${paint(bad.length === 0 ? "green" : "red", `${url}: ${counts}`)}; ${effort}`;
}
