/**
 * What the processes of a target use, by Linux's `/proc`: CPU time in nanoseconds of each thread (`schedstat`, first
 * number, as of its last switch or tick), and resident memory. Children belong to it, and threads that end.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setInterval } from "node:timers";

export interface Usage {
  readonly cpuUs: number;
  readonly seconds: number;
  /** Resident memory of all processes at its highest; pages that several share count for each. */
  readonly memoryMiB: number;
}

const sampleMs = 100;
const usPerTick = 10_000;
/** Rounding of the coarse clock: a tick of user and one of system time at each end. */
const tickErrorUs = 4 * usPerTick;

export class UsageMeter {
  readonly #pid: number;
  /** CPU nanoseconds of each thread when it was first and last seen. */
  readonly #threads = new Map<string, { readonly first: number; last: number }>();
  #ticksBefore = 0;
  #ticks = 0;
  #memoryKiB = 0;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Whether the process is there, and `/proc` is Linux's. */
  get isReadable(): boolean {
    return unlessGone(() => readCpuNs(`/proc/${this.#pid}/task/${this.#pid}`) >= 0, false);
  }

  start(): void {
    this.#threads.clear();
    this.#memoryKiB = 0;
    this.#startedMs = performance.now();
    this.#sample();
    for (const [key, { last }] of this.#threads) this.#threads.set(key, { first: last, last });
    this.#ticksBefore = this.#ticks;
    this.#timer = setInterval(() => this.#sample(), sampleMs);
  }

  /** What was used since `start`; null where the process was gone by then. */
  stop(): Usage | null {
    clearInterval(this.#timer);
    if (this.#threads.size === 0) return null;
    this.#sample();
    const seconds = (performance.now() - this.#startedMs) / 1000;
    let ns = 0;
    for (const { first, last } of this.#threads.values()) ns += last - first;
    // Threads and children that came and went between two samples are in the coarse clock alone.
    const coarseUs = (this.#ticks - this.#ticksBefore) * usPerTick;
    const cpuUs = coarseUs - ns / 1000 > tickErrorUs ? coarseUs : ns / 1000;
    return { cpuUs, seconds, memoryMiB: this.#memoryKiB / 1024 };
  }

  #sample(): void {
    let ticks = 0;
    let memoryKiB = 0;
    for (const pid of family(this.#pid)) {
      ticks += ticksOf(pid);
      memoryKiB += memoryOf(pid);
      for (const thread of entries(`/proc/${pid}/task`)) this.#note(`${pid}/${thread}`, `/proc/${pid}/task/${thread}`);
    }
    this.#ticks = Math.max(this.#ticks, ticks);
    this.#memoryKiB = Math.max(this.#memoryKiB, memoryKiB);
  }

  #note(key: string, folder: string): void {
    const ns = unlessGone(() => readCpuNs(folder), 0);
    const known = this.#threads.get(key);
    if (known === undefined) this.#threads.set(key, { first: 0, last: ns });
    else known.last = Math.max(known.last, ns);
  }
}

/** A process and all below it. */
function family(pid: number): number[] {
  const threads = entries(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    unlessGone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" "), []),
  );
  return [pid, ...children.filter((child) => child !== "").flatMap((child) => family(Number(child)))];
}

function readCpuNs(folder: string): number {
  return Number(readFileSync(`${folder}/schedstat`, "utf8").split(" ")[0]);
}

/** CPU time in hundredths of a second, of a process with its ended threads and the children that it has waited for. */
function ticksOf(pid: number): number {
  const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  const numbers = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15)
    .map(Number);
  return numbers.reduce((sum, ticks) => sum + ticks, 0);
}

function memoryOf(pid: number): number {
  const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

function entries(folder: string): string[] {
  return unlessGone(() => readdirSync(folder), []);
}

/** What was read, or `gone` where the process or thread ended meanwhile. */
function unlessGone<T>(read: () => T, gone: T): T {
  try {
    return read();
  } catch {
    return gone;
  }
}
