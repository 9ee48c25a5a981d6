/** The report as JUnit XML, which every CI reads: a violated property is a failure, an unknown one is skipped. */
import type { Report } from "./run.ts";
import { withVerdict } from "./text-report.ts";
import type { Finding } from "./types.ts";

/** The document, with a last newline. */
export function junitReport(report: Report): string {
  const { findings, url, durationMs } = report;
  const counts = `tests="${findings.length}" failures="${withVerdict(report, "violated").length}" skipped="${withVerdict(report, "unknown").length}"`;
  const suite = `<testsuite name="${escapeXml(`hostward verify ${url}`)}" ${counts} time="${(durationMs / 1000).toFixed(3)}">`;
  const cases = findings.map(testCase);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suite}\n${cases.join("\n")}\n</testsuite>\n</testsuites>\n`;
}

function testCase(finding: Finding): string {
  const { id, title, verdict } = finding;
  const open = `<testcase classname="${id.slice(0, id.indexOf("."))}" name="${escapeXml(`${id}: ${title}`)}"`;
  if (verdict === "holds") return `${open}/>`;
  const inside = verdict === "violated" ? failure(finding) : `<skipped message="${escapeXml(finding.saw)}"/>`;
  return `${open}>${inside}</testcase>`;
}

function failure({ severity, sent, saw, why, fix }: Finding): string {
  const fixes = Object.entries(fix).map(([where, what]) => `fix   ${where}: ${what}`);
  const text = [`sent  ${sent}`, `got   ${saw}`, `why   ${why}`, ...fixes].join("\n");
  return `<failure type="${severity}" message="${escapeXml(saw)}">${escapeXml(text)}</failure>`;
}

/** Text for an attribute or an element; what XML cannot hold at all becomes a question mark. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "?")
    .replace(/[&<>"\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}
