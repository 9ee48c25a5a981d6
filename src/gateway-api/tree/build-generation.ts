import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { foldersAbove, foreignPaths } from "./compare-tree.ts";
import { keepEntry } from "./keep-entry.ts";
import type { Snapshot } from "./read-tree.ts";
import type { WorkFolder } from "./work-folder.ts";

/** Files that are asked to be on disk at one time. */
const SYNCS_MAX = 32;

/**
 * Fills the fresh folder with the next generation, and waits until it is on disk: what is wanted, and what is foreign in the
 * folder that it will replace. Unchanged and foreign files are the same files. Throws what the file system says.
 */
export async function buildGeneration(
  { target, fresh }: WorkFolder,
  snapshot: Snapshot,
  wanted: ReadonlyMap<string, string>,
): Promise<void> {
  const kept = foreignPaths(snapshot);
  const empty = kept.filter((path) => snapshot.folders.has(path));
  const folders = [...new Set([...empty, ...[...wanted.keys(), ...kept].flatMap(foldersAbove)])].sort();
  for (const folder of folders) mkdirSync(join(fresh, folder));
  for (const path of kept) {
    if (!snapshot.folders.has(path)) keepEntry(join(target, path), join(fresh, path));
  }
  const written: string[] = [];
  for (const [path, text] of wanted) {
    const entry = snapshot.entries.get(path);
    if (entry?.kind === "ours" && entry.text === text) keepEntry(join(target, path), join(fresh, path));
    else written.push(path);
  }
  for (const path of written) writeFileSync(join(fresh, path), wanted.get(path)!, { flag: "wx" });
  await syncFiles(written.map((path) => join(fresh, path)));
  for (const folder of folders.reverse()) finishFolder(join(fresh, folder), snapshot.folders.get(folder));
  finishFolder(fresh, snapshot.root ?? undefined);
}

/** Gives a folder the mode and owner of the one that it replaces. */
function finishFolder(path: string, like: Stats | undefined): void {
  sync(path);
  if (like === undefined) return;
  const { uid, gid } = lstatSync(path);
  if (uid !== like.uid || gid !== like.gid) {
    try {
      chownSync(path, like.uid, like.gid);
    } catch {} // as far as this user may
  }
  chmodSync(path, like.mode & 0o7777);
}

/** Asks for many files at once, as a disk writes them together: half the time of one after the other. */
async function syncFiles(paths: readonly string[]): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < paths.length) {
      const file = await open(paths[next++]!, "r");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: SYNCS_MAX }, lane));
  for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
}

/** Waits until a file, or the names in a folder, are on disk. */
export function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
