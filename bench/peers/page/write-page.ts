/** docs/performance.md with its plots and the result that they are made from. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PeersResult } from "../results.ts";
import { replaceMeasured } from "./markdown.ts";
import { partsOf } from "./parts.ts";
import { plotsOf } from "./plots.ts";

const docs = fileURLToPath(new URL("../../../docs", import.meta.url));

/** The page as it is, hand-written parts and all. */
export const pageFile = `${docs}/performance.md`;
/** Plots, and the result. */
export const plotFolder = `${docs}/performance`;
const resultFile = `${plotFolder}/results.json`;

/** Every file that a result makes, by its path. */
export function renderPage(measured: PeersResult, page: string): Map<string, string> {
  const result = withoutLegs(measured);
  const plots = [...plotsOf(result)].map(([name, text]) => [`${plotFolder}/${name}`, text] as const);
  const json = `${JSON.stringify(result)}\n`;
  return new Map([[pageFile, replaceMeasured(page, partsOf(result))], ...plots, [resultFile, json]]);
}

/** The harness tells of every leg; the page needs only what they come to together. */
function withoutLegs({ format, sections }: PeersResult): PeersResult {
  const { latency } = sections;
  if (latency === undefined) return { format, sections };
  const runs = latency.runs.map(({ title, result }) => {
    return { title, result: { ...result, targets: result.targets.map((target) => ({ ...target, legs: [] })) } };
  });
  return { format, sections: { ...sections, latency: { ...latency, runs } } };
}

/** Writes all of it, and removes plots that are no more; returns what it wrote, in order. */
export function writePage(result: PeersResult): string[] {
  mkdirSync(plotFolder, { recursive: true });
  const files = renderPage(result, readFileSync(pageFile, "utf8"));
  for (const name of readdirSync(plotFolder)) {
    if (!files.has(`${plotFolder}/${name}`)) rmSync(`${plotFolder}/${name}`);
  }
  for (const [file, text] of files) writeFileSync(file, text);
  return [...files.keys()];
}
