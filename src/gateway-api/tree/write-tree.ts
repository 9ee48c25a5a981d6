import { mkdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { buildGeneration, sync } from "./build-generation.ts";
import { type Drift, driftOf, unchangedOf } from "./compare-tree.ts";
import { readTree, type Snapshot } from "./read-tree.ts";
import { TreeError } from "./tree-error.ts";
import { abandon, claim, discard, recover, swap, type WorkFolder, workFolderOf } from "./work-folder.ts";

const UNMOUNT = "unmount it, or name another folder";

/** What writing changed: `missing` files were made, `different` ones written anew, `stale` ones removed. */
export interface Written {
  readonly drift: readonly Drift[];
  readonly unchanged: number;
}

/**
 * Makes a folder hold the wanted tree, in one step: the next generation is built beside it, foreign files and unchanged ones
 * linked into it, and then takes its place. Whoever is killed leaves the old tree or the new one, and at worst, between
 * two renames, none, which the next run mends. Nothing foreign is changed. Throws a `TreeError`, and then nothing was changed.
 */
export async function writeTree(dir: string, wanted: ReadonlyMap<string, string>): Promise<Written> {
  const work = workFolderOf(targetOf(dir));
  return reported(work.target, async () => {
    recover(work);
    const snapshot = readTree(work.target);
    const drift = driftOf(snapshot, wanted);
    if (drift.length > 0 || snapshot.root === null) {
      refuseOccupied(work.target, drift);
      refuseImmovable(work.target, snapshot);
      await replace(work, snapshot, wanted);
    }
    return { drift, unchanged: unchangedOf(wanted, drift) };
  });
}

/** The folder's absolute path, without links on the way to it. */
function targetOf(dir: string): string {
  const path = resolve(dir);
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new TreeError(`cannot write to \`${dir}\`: there is no folder \`${dirname(path)}\``, "make it first");
  }
  return join(realpathSync(dirname(path)), basename(path));
}

function refuseOccupied(target: string, drift: readonly Drift[]): void {
  const [first, ...others] = drift.filter(({ kind }) => kind === "occupied");
  if (first === undefined) return;
  const more = others.length === 0 ? "" : `, nor ${others.length} more`;
  const hint = "something that was not generated is in its place: move it away, or name another folder";
  throw new TreeError(`cannot write \`${join(target, first.path)}\`${more}`, hint);
}

/** What makes the one step impossible. */
function refuseImmovable(target: string, { root, entries, folders }: Snapshot): void {
  const fail = (why: string, hint: string): never => {
    throw immovable(target, why, hint);
  };
  if (root === null) return;
  if (statSync(dirname(target)).dev !== root.dev) fail(...mountPoint(target));
  if (`${process.cwd()}${sep}`.startsWith(`${target}${sep}`)) {
    fail("the current folder is in it, and would be gone", `change to \`${dirname(target)}\` first`);
  }
  for (const [path, { dev }] of folders) {
    if (dev !== root.dev) fail(`something is mounted at \`${path}\``, UNMOUNT);
  }
  for (const [path, entry] of entries) {
    if (entry.kind === "foreign" && entry.type === "special") fail(`\`${path}\` is no file`, "move it away");
  }
}

function immovable(target: string, why: string, hint: string, options?: ErrorOptions): TreeError {
  return new TreeError(`cannot replace \`${target}\` in one step: ${why}`, hint, options);
}

function mountPoint(target: string): [why: string, hint: string] {
  return ["it is a mount point", `name a folder in it, such as \`${join(target, "tree")}\``];
}

async function replace(work: WorkFolder, snapshot: Snapshot, wanted: ReadonlyMap<string, string>): Promise<void> {
  mkdirSync(work.path, { mode: 0o700 }); // fails where another writer has just made it
  try {
    claim(work);
    await buildGeneration(work, snapshot, wanted);
    swap(work);
  } catch (cause) {
    abandon(work);
    throw cause;
  }
  try {
    sync(dirname(work.target));
    discard(work);
  } catch (cause) {
    const message = `the tree in \`${work.target}\` is written, but the one before is left: ${(cause as Error).message}`;
    throw new TreeError(message, `remove \`${work.path}\``, { cause });
  }
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC: "free some space: while writing, both trees need room; nothing was changed",
  EDQUOT: "free some space: while writing, both trees need room; nothing was changed",
  EACCES: "the folder and the one above it must be writable, as it is replaced in one step; nothing was changed",
  EPERM: "the folder and the one above it must be writable, as it is replaced in one step; nothing was changed",
  EROFS: "the file system is read-only; nothing was changed",
};

/** Says for people what the file system says. */
async function reported<T>(target: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const { code = "", syscall, message } = cause as NodeJS.ErrnoException;
    if (cause instanceof TreeError || syscall === undefined) throw cause;
    if (code === "EBUSY") throw immovable(target, ...mountPoint(target), { cause });
    if (code === "EXDEV") throw immovable(target, "something is mounted in it", UNMOUNT, { cause });
    throw new TreeError(`cannot write to \`${target}\`: ${message}`, hints[code] ?? "nothing was changed", { cause });
  }
}
