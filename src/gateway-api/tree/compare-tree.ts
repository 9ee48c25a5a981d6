import { readTree, type Snapshot } from "./read-tree.ts";

/** What is wrong with a path: not there, other than it should be, ours and no longer wanted, or taken by a foreign file. */
export type DriftKind = "missing" | "different" | "stale" | "occupied";

/** One path at which a folder is not what the catalog says. */
export interface Drift {
  readonly path: string;
  readonly kind: DriftKind;
  /** The text that is there; empty unless it is ours. */
  readonly actual: string;
  /** The text that should be there; empty for a stale file. */
  readonly wanted: string;
}

/** What would have to change in a folder for it to be the wanted tree, sorted by path. Foreign files beside it do not count. Throws a `TreeError`. */
export function compareTree(dir: string, wanted: ReadonlyMap<string, string>): readonly Drift[] {
  return driftOf(readTree(dir), wanted);
}

/** The same for a folder that was read already. */
export function driftOf(snapshot: Snapshot, wanted: ReadonlyMap<string, string>): readonly Drift[] {
  const taken = occupiedPaths(snapshot, wanted);
  const drift: Drift[] = [];
  for (const [path, text] of wanted) {
    const entry = snapshot.entries.get(path);
    const actual = entry?.kind === "ours" ? entry.text : "";
    if (taken.has(path)) drift.push({ path, kind: "occupied", actual: "", wanted: text });
    else if (entry === undefined) drift.push({ path, kind: "missing", actual, wanted: text });
    else if (actual !== text) drift.push({ path, kind: "different", actual, wanted: text });
  }
  for (const [path, entry] of snapshot.entries) {
    if (entry.kind === "ours" && !wanted.has(path)) drift.push({ path, kind: "stale", actual: entry.text, wanted: "" });
  }
  return drift.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** How many wanted files are as they should be. */
export function unchangedOf(wanted: ReadonlyMap<string, string>, drift: readonly Drift[]): number {
  return wanted.size - drift.filter(({ kind }) => kind !== "stale").length;
}

/** Wanted paths that cannot be written without touching something foreign: at, above or below them. */
function occupiedPaths(snapshot: Snapshot, wanted: ReadonlyMap<string, string>): ReadonlySet<string> {
  const foreign = new Set(foreignPaths(snapshot));
  const taken = new Set<string>();
  for (const path of foreign) for (const at of [path, ...foldersAbove(path)]) if (wanted.has(at)) taken.add(at);
  for (const path of wanted.keys()) {
    if (foldersAbove(path).some((folder) => foreign.has(folder) && !snapshot.folders.has(folder))) taken.add(path);
  }
  return taken;
}

/** Everything that is not ours: files, links, and folders in which there is nothing. */
export function foreignPaths({ entries, folders }: Snapshot): string[] {
  const filled = new Set([...entries.keys(), ...folders.keys()].flatMap(foldersAbove));
  const files = [...entries].filter(([, { kind }]) => kind === "foreign").map(([path]) => path);
  return [...files, ...[...folders.keys()].filter((folder) => !filled.has(folder))];
}

/** The folders that a path lies in, the nearest first; the root is not among them. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) folders.push(path.slice(0, at));
  return folders;
}
