import { type Dirent, lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { KUSTOMIZATION } from "./kustomizations.ts";
import { isGenerated, isRoot } from "./marker.ts";
import { TreeError } from "./tree-error.ts";

/** What stands at one path of an output folder: a file that `emit` wrote, or somebody else's anything. */
export type Entry =
  | { readonly kind: "ours"; readonly text: string }
  | { readonly kind: "foreign"; readonly type: "file" | "link" | "special" };

/** An output folder as it is. Paths are relative to it, with `/`. */
export interface Snapshot {
  /** Null where there is no folder yet. */
  readonly root: Stats | null;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly folders: ReadonlyMap<string, Stats>;
}

/**
 * Reads an output folder; one that is not there is empty. Only texts of `.yaml` and `.json` files are read, not
 * those of hidden folders nor of another generated tree below this one: all of that is foreign. Throws a `TreeError`.
 */
export function readTree(dir: string): Snapshot {
  const entries = new Map<string, Entry>();
  const folders = new Map<string, Stats>();
  const visit = (folder: string, foreign: boolean): void => {
    for (const dirent of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const path = folder === "" ? dirent.name : `${folder}/${dirent.name}`;
      if (!dirent.isDirectory()) {
        entries.set(path, entryOf(dir, path, dirent, foreign));
        continue;
      }
      folders.set(path, lstatSync(join(dir, path)));
      visit(path, foreign || dirent.name.startsWith(".") || isAnotherTree(join(dir, path)));
    }
  };
  try {
    const root = rootOf(dir);
    if (root !== null) visit("", false);
    return { root, entries, folders };
  } catch (cause) {
    if (cause instanceof TreeError) throw cause;
    throw new TreeError(`cannot read \`${dir}\`: ${(cause as Error).message}`, "nothing was changed", { cause });
  }
}

function rootOf(dir: string): Stats | null {
  const stats = lstatSync(dir, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return stats ?? null;
  const link = stats.isSymbolicLink();
  const hint = link ? "name the folder that it points to" : "name a folder; one that does not exist is made";
  throw new TreeError(`cannot use \`${dir}\`: it is ${link ? "a symbolic link" : "no folder"}`, hint);
}

function entryOf(dir: string, path: string, dirent: Dirent, foreign: boolean): Entry {
  if (dirent.isSymbolicLink()) return { kind: "foreign", type: "link" };
  if (!dirent.isFile()) return { kind: "foreign", type: "special" };
  if (foreign || !/\.(?:yaml|json)$/.test(path)) return { kind: "foreign", type: "file" };
  const text = readFileSync(join(dir, path), "utf8");
  return isGenerated(text) ? { kind: "ours", text } : { kind: "foreign", type: "file" };
}

/** A tree that another run wrote into a folder below is that run's: dev/ and production/ under one folder. */
function isAnotherTree(folder: string): boolean {
  const file = join(folder, KUSTOMIZATION);
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true && isRoot(readFileSync(file, "utf8"));
}
