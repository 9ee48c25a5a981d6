import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isCatalogName } from "./files.ts";

/** A running watch. */
export interface CatalogWatch {
  /** Ends the watch; `onChange` is not called any more. */
  close(): void;
}

const LOOK_INTERVAL_MS = 500;
const UNSETTLED_LOOKS_MAX = 2;

/**
 * Calls `onChange` within 2 s of a change to the layers' files: edits, renames, files that come and go, and the symlink
 * swap of a mounted ConfigMap.
 *
 * Looks at the files' status twice a second, since no notification crosses all of those and network file systems.
 * A change is reported once two looks agree, so that a file is not read half written, but is not held back for longer
 * than three. Start the watch before loading: what changes after the call is seen. The watch alone keeps no process
 * running.
 */
export function watchCatalog(layers: readonly string[], onChange: () => void): CatalogWatch {
  let closed = false;
  let reported: string | undefined;
  let previous: string | undefined;
  let unsettled = 0;
  const look = async (): Promise<void> => {
    const current = (await Promise.all(layers.map(fingerprint))).join("\n");
    if (closed) return;
    reported ??= current;
    const settled = current === previous || unsettled >= UNSETTLED_LOOKS_MAX;
    previous = current;
    if (current === reported) unsettled = 0;
    else if (!settled) unsettled++;
    else {
      unsettled = 0;
      reported = current;
      onChange();
    }
  };
  const next = (): void => {
    if (!closed) setTimeout(() => void look().finally(next), LOOK_INTERVAL_MS).unref();
  };
  void look().finally(next);
  return {
    close: () => {
      closed = true;
    },
  };
}

/** A text that changes when a file of the layer does: names, and the status of what they lead to. */
async function fingerprint(path: string): Promise<string> {
  try {
    const status = await stat(path, { bigint: true });
    if (!status.isDirectory()) return `${path} ${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}`;
    const entries = await readdir(path, { withFileTypes: true });
    const watched = entries.filter((entry) => isCatalogName(entry.name, entry.isDirectory() ? "directory" : "file"));
    const names = watched.map((entry) => entry.name).sort();
    return (await Promise.all(names.map((name) => fingerprint(join(path, name))))).join("\n");
  } catch (error) {
    return `${path} ${(error as NodeJS.ErrnoException).code}`;
  }
}
