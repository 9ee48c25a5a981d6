import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../core/problem.ts";
import { problemIn } from "./located.ts";

/** One catalog file as it was read; `file` is named the way problems name it. */
export interface CatalogText {
  readonly file: string;
  readonly text: string;
}

const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Whether a folder's entry can be a catalog file or a folder of them: names that start with a dot never are (`..data`, `.git`, `.#draft`). */
export function isCatalogName(name: string, directory: "file" | "directory"): boolean {
  return !name.startsWith(".") && (directory === "directory" || /\.(?:yaml|yml|json)$/.test(name));
}

/** The texts of a layer, a file or a folder with its sub-folders, in order of their names. */
export function readLayer(layer: string): { texts: CatalogText[]; problems: Problem[] } {
  const texts: CatalogText[] = [];
  const problems: Problem[] = [];
  for (const file of attempt(layer, problems, () => filesOf(layer)) ?? []) {
    const text = attempt(file, problems, () => readText(file, problems));
    if (typeof text === "string") texts.push({ file, text });
  }
  return { texts, problems };
}

/** Paths of a layer's files. A layer that is no folder is its own only file. Symbolic links are followed to files, not to folders. */
function filesOf(layer: string): string[] {
  if (!statSync(layer).isDirectory()) return [layer];
  const entries = readdirSync(layer, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(layer, entry.name);
    if (entry.isDirectory()) return isCatalogName(entry.name, "directory") ? filesOf(path) : [];
    return isCatalogName(entry.name, "file") && !statSync(path).isDirectory() ? [path] : [];
  });
}

function readText(file: string, problems: Problem[]): string | undefined {
  const status = statSync(file);
  if (!status.isFile()) {
    problems.push(problemIn(file, "unreadable", "cannot read the path: it is neither a file nor a folder"));
    return undefined;
  }
  const { size } = status;
  if (size > FILE_BYTES_MAX) {
    problems.push(
      problemIn(file, "file_too_large", `cannot read a file of ${size} bytes: at most ${FILE_BYTES_MAX} are allowed`),
    );
    return undefined;
  }
  const bytes = readFileSync(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    problems.push(problemIn(file, "not_utf8", "cannot read the file as UTF-8"));
    return undefined;
  }
}

/** The result of reading `path`, or undefined and a problem. */
function attempt<T>(path: string, problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    problems.push(problemIn(path, "unreadable", `cannot read the file or folder: ${code}`));
    return undefined;
  }
}
