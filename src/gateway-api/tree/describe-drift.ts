import { createTwoFilesPatch } from "diff";
import type { Drift } from "./compare-tree.ts";

const LINES_PER_FILE_MAX = 120;
const LINES_MAX = 600;
const LINE_LENGTH_MAX = 400;
/** Lines of one file that may differ: beyond, finding the shortest difference takes longer than reading it. */
const EDITS_MAX = 1_000;

/**
 * Drift for people: one line for each path that is missing, stale or occupied, and a unified diff from what is there
 * to what is wanted. Bounded for each file and in all, with a count of what was left out; ends with a newline unless
 * there is none.
 */
export function describeDrift(drift: readonly Drift[]): string {
  const lines: string[] = [];
  let shown = 0;
  for (; shown < drift.length && lines.length < LINES_MAX; shown++) lines.push(...linesOf(drift[shown]!));
  if (shown < drift.length) lines.push(`... and ${drift.length - shown} more files`);
  return lines.map((line) => `${shortened(line)}\n`).join("");
}

function linesOf(drift: Drift): string[] {
  const { path, kind } = drift;
  if (kind === "missing") return [`missing: ${path}`];
  if (kind === "stale") return [`stale: ${path} (generated, but no longer part of the tree)`];
  if (kind === "occupied") return [`occupied: ${path} (something that was not generated is in its place)`];
  const lines = diffOf(drift);
  const left = lines.length - LINES_PER_FILE_MAX;
  return left <= 0 ? lines : [...lines.slice(0, LINES_PER_FILE_MAX), `... and ${left} more lines of ${path}`];
}

function diffOf({ path, actual, wanted }: Drift): string[] {
  const names = [`--- ${path} (as it is)`, `+++ ${path} (as the catalog says)`];
  const options = { context: 3, maxEditLength: EDITS_MAX };
  const patch = createTwoFilesPatch(path, path, actual, wanted, "", "", options);
  if (patch === undefined) return [...names, `... over ${EDITS_MAX} lines differ`];
  const lines = patch.split("\n").slice(0, -1);
  return [...names, ...lines.slice(lines.findIndex((line) => line.startsWith("@@")))];
}

function shortened(line: string): string {
  const left = line.length - LINE_LENGTH_MAX;
  return left <= 0 ? line : `${line.slice(0, LINE_LENGTH_MAX)} ... and ${left} more characters`;
}
