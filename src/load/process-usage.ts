/**
 * What the processes of a target use, by Linux's `/proc`: CPU time in nanoseconds of each thread (`schedstat`, first
 * number, as of its last switch or tick), and resident memory. Children belong to it, and threads that end.
 */
import { setInterval } from "node:timers";
import { familyOf, type ProcessStat, readCpuNs, readStat, residentKiB, threadsOf } from "./proc-files.ts";
import { cpuUsOf, type ProcessSpan, type Span } from "./process-cpu.ts";

export interface Usage {
  readonly cpuUs: number;
  readonly seconds: number;
  /** Resident memory of all processes at its highest; pages that several share count for each. */
  readonly memoryMiB: number;
}

const sampleMs = 100;

export class UsageMeter {
  readonly #pid: number;
  /** When the process started, by the system's own count; null where there was none. */
  #born: number | null = null;
  /** By number and start. */
  readonly #processes = new Map<string, ProcessAccount>();
  #memoryKiB = 0;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** Whether the process is there, and `/proc` is Linux's. */
  get isReadable(): boolean {
    return readStat(this.#pid) !== null && readCpuNs(this.#pid, String(this.#pid)) !== null;
  }

  start(): void {
    this.#processes.clear();
    this.#memoryKiB = 0;
    this.#startedMs = performance.now();
    this.#born = readStat(this.#pid)?.startTicks ?? null;
    this.#sample();
    for (const account of this.#processes.values()) account.begin();
    this.#timer = setInterval(() => this.#sample(), sampleMs).unref();
  }

  /** What was used since `start`; null where the process ended before, or is another by now: that is a part of it at most. */
  stop(): Usage | null {
    this.close();
    const found = this.#sample();
    if (this.#born === null || readStat(this.#pid)?.startTicks !== this.#born) return null;
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const spans = [...this.#processes].map(([key, account]) => account.span(!found.has(key)));
    return { cpuUs: cpuUsOf(spans), seconds, memoryMiB: this.#memoryKiB / 1024 };
  }

  /** Ends the sampling, whatever became of the leg. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** Looks at all of them; the keys of those that are there. */
  #sample(): ReadonlySet<string> {
    const found = new Set<string>();
    let memoryKiB = 0;
    for (const pid of familyOf(this.#pid)) {
      const stat = readStat(pid);
      if (stat === null) continue;
      const key = `${pid} ${stat.startTicks}`;
      found.add(key);
      memoryKiB += residentKiB(pid);
      const account = this.#processes.get(key) ?? new ProcessAccount();
      this.#processes.set(key, account);
      account.note(stat);
    }
    this.#memoryKiB = Math.max(this.#memoryKiB, memoryKiB);
    return found;
  }
}

/** What one process used, look by look. */
class ProcessAccount {
  readonly #threadsNs = new Map<string, Span>();
  #own: Span = { first: 0, last: 0 };
  #waited: Span = { first: 0, last: 0 };

  note({ pid, ownTicks, waitedTicks }: ProcessStat): void {
    this.#own.last = ownTicks;
    this.#waited.last = waitedTicks;
    for (const thread of threadsOf(pid)) {
      const span = this.#threadsNs.get(thread) ?? { first: 0, last: 0 };
      span.last = Math.max(span.last, readCpuNs(pid, thread) ?? 0);
      this.#threadsNs.set(thread, span);
    }
  }

  /** What it used until now does not count. */
  begin(): void {
    this.#own = fromNow(this.#own);
    this.#waited = fromNow(this.#waited);
    for (const [thread, span] of this.#threadsNs) this.#threadsNs.set(thread, fromNow(span));
  }

  span(ended: boolean): ProcessSpan {
    let threadsNs = 0;
    for (const { first, last } of this.#threadsNs.values()) threadsNs += last - first;
    return { threadsNs, own: this.#own, waited: this.#waited, ended };
  }
}

function fromNow({ last }: Span): Span {
  return { first: last, last };
}
