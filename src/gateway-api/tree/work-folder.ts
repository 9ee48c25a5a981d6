import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { keepEntry } from "./keep-entry.ts";
import { isGenerated } from "./marker.ts";
import { TreeError } from "./tree-error.ts";

/**
 * The folder beside an output folder in which the next generation is built. It is there only while somebody writes, or after
 * a crash: then `recover` brings back the old generation or finishes with the new one.
 *
 *     .NAME.hostward/writer   process id of who writes
 *     .NAME.hostward/new      the next generation, until it is swapped in
 *     .NAME.hostward/old      the one before, since then
 *     .NAME.hostward/gone     the same, when nothing of it is needed any more
 */
export interface WorkFolder {
  /** The output folder, absolute. */
  readonly target: string;
  readonly path: string;
  readonly fresh: string;
}

/** The work folder of an output folder; nothing is made yet. */
export function workFolderOf(target: string): WorkFolder {
  const path = join(dirname(target), `.${basename(target)}.hostward`);
  return { target, path, fresh: join(path, "new") };
}

/** Says in a work folder that was just made who is writing. */
export function claim({ path, fresh }: WorkFolder): void {
  writeFileSync(join(path, "writer"), String(process.pid));
  mkdirSync(fresh);
}

/** Puts the new generation in the place of the old one. Between the two renames there is none, which `recover` mends. */
export function swap({ target, path, fresh }: WorkFolder): void {
  const old = join(path, "old");
  if (!existsSync(target)) return renameSync(fresh, target);
  renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (cause) {
    renameSync(old, target);
    throw cause;
  }
}

/** Removes the work folder, and the old generation with it once all that is foreign in it is in the new one. */
export function discard({ target, path }: WorkFolder): void {
  const old = join(path, "old");
  if (existsSync(old)) {
    carryLate(old, target);
    renameSync(old, join(path, "gone"));
  }
  rmSync(path, { recursive: true, force: true });
}

/** Removes the work folder of a failed run; the old generation stays where it could not be put back. */
export function abandon({ path }: WorkFolder): void {
  if (!existsSync(join(path, "old"))) rmSync(path, { recursive: true, force: true });
}

/** What somebody put into the old generation while the new one was being built. */
function carryLate(old: string, target: string): void {
  for (const dirent of readdirSync(old, { recursive: true, withFileTypes: true })) {
    const from = join(dirent.parentPath, dirent.name);
    const to = join(target, relative(old, from));
    if (dirent.isDirectory() || lstatSync(to, { throwIfNoEntry: false }) !== undefined) continue;
    if (dirent.isFile() && isGenerated(readFileSync(from, "utf8"))) continue;
    mkdirSync(dirname(to), { recursive: true });
    keepEntry(from, to);
  }
}

/** Mends what a crash left. Throws a `TreeError` when the writer seems to be alive. */
export function recover(work: WorkFolder): void {
  if (!existsSync(work.path)) return;
  const writer = writerOf(work);
  if (writer !== null) {
    const hint = `wait for it; if it is none of ours, remove \`${work.path}\` unless there is a folder \`old\` in it`;
    throw new TreeError(`cannot write to \`${work.target}\`: process ${writer} is writing there`, hint);
  }
  const old = join(work.path, "old");
  if (!existsSync(work.target) && existsSync(old)) renameSync(old, work.target);
  discard(work);
}

/** Process id of a living writer that is not this process, whose id a dead one in another container may have had. */
function writerOf({ path }: WorkFolder): number | null {
  const file = join(path, "writer");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM" ? pid : null;
  }
}
