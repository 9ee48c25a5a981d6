import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";

/** Where lines go: a standard stream of the process, or a file by its path. */
export type LogTarget = "stdout" | "stderr" | { readonly path: string };

/** A target that is opened in its own way. */
export interface CustomTarget {
  open(): OpenTarget;
}

/** An open target. `close` leaves the process's own descriptors alone. */
export interface OpenTarget {
  readonly fd: number;
  close(): void;
}

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;
const FILE_MODE = 0o640;

/**
 * Opens a target for appending, without blocking: a pipe whose reader stands still then says so (EAGAIN), where a
 * blocking write would hold a thread of the process, and its exit, for as long as the reader likes.
 *
 * Throws the system's error for a file that cannot be opened.
 */
export function openTarget(target: LogTarget | CustomTarget): OpenTarget {
  if (typeof target === "object" && "open" in target) return target.open();
  if (target === "stdout" || target === "stderr") return openStream(target);
  return closable(openSync(target.path, APPEND | constants.O_CREAT, FILE_MODE));
}

/** The stream opened anew, so that our flags are not those of its other holders; as it is where that cannot be. */
function openStream(stream: "stdout" | "stderr"): OpenTarget {
  try {
    return closable(openSync(`/dev/${stream}`, APPEND));
  } catch {
    const fd = stream === "stdout" ? 1 : 2;
    stopBlocking(fd);
    return { fd, close: () => {} };
  }
}

/** A socket (a service manager's, a parent process's) cannot be opened anew: wrapping it takes it out of blocking mode. */
function stopBlocking(fd: number): void {
  try {
    new Socket({ fd, readable: false }).unref();
  } catch {
    // a file or a terminal of another user, whose writes do not wait for a reader
  }
}

function closable(fd: number): OpenTarget {
  return { fd, close: () => closeSync(fd) };
}
