import { constants, copyFileSync, linkSync, lstatSync, readlinkSync, symlinkSync, utimesSync } from "node:fs";

/** What a file system says that has no hard links, or does not let this user make one. */
const noLink: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "EACCES",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);

/**
 * Lets a file or a symbolic link appear at a second path of its file system, unchanged: a hard link, so that whoever has it open goes
 * on, or else a copy with the same times. Throws `EXDEV` where something is mounted in between.
 */
export function keepEntry(from: string, to: string): void {
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) return symlinkSync(readlinkSync(from), to);
  try {
    linkSync(from, to);
  } catch (cause) {
    if (!noLink.has((cause as NodeJS.ErrnoException).code)) throw cause;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    utimesSync(to, stats.atime, stats.mtime);
  }
}
