/** What Linux's `/proc` says of a process and of all below it; nothing where one ended meanwhile (proc(5)). */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessStat {
  readonly pid: number;
  /** Ticks from the boot to its start: with its number it names a process, as numbers are used again. */
  readonly startTicks: number;
  /** CPU, user and system, of its threads, those that ended too; in ticks, each of both cut to a whole one. */
  readonly ownTicks: number;
  /** The same of the children that ended and that it waited for, and of theirs. */
  readonly waitedTicks: number;
}

/** Null for a process that is not there any more, or has ended and waits to be waited for. */
export function readStat(pid: number): ProcessStat | null {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  // The name stands in brackets, and may hold any character; the state is the first word after it.
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (stat === "" || words[0] === "Z" || words[0] === "X") return null;
  const [user, system, waitedUser, waitedSystem] = words.slice(11, 15).map(Number);
  const startTicks = Number(words[19]);
  return { pid, startTicks, ownTicks: user! + system!, waitedTicks: waitedUser! + waitedSystem! };
}

/** A process and all below it. */
export function familyOf(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) =>
    unlessGone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" "), []),
  );
  return [pid, ...children.filter((child) => child !== "").flatMap((child) => familyOf(Number(child)))];
}

export function threadsOf(pid: number): string[] {
  return unlessGone(() => readdirSync(`/proc/${pid}/task`), []);
}

/** CPU of a thread as of its last switch or tick; null where it cannot be read. */
export function readCpuNs(pid: number, thread: string): number | null {
  return unlessGone(() => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]), null);
}

/** Resident memory. */
export function residentKiB(pid: number): number {
  const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

/** What was read, or `gone` where the process or thread ended meanwhile. */
function unlessGone<T>(read: () => T, gone: T): T {
  try {
    return read();
  } catch {
    return gone;
  }
}
