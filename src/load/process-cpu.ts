/**
 * CPU of processes from two clocks of Linux: the fine one of threads that were seen, in nanoseconds, and for those that
 * came and went between two looks the coarse one of their process, in ticks.
 */
export interface Span {
  readonly first: number;
  last: number;
}

/** One process, as it was at the first and the last look; what came after the first look begins with 0. */
export interface ProcessSpan {
  /** Used by threads while they were seen. */
  readonly threadsNs: number;
  /** Ticks, see `ProcessStat`. */
  readonly own: Readonly<Span>;
  readonly waited: Readonly<Span>;
  /** Whether the last look of all did not find it. */
  readonly ended: boolean;
}

const usPerTick = 10_000;
/** User and system time: each is cut to a whole tick, which makes a difference, or a sum, wrong by less than one. */
const roundings = 2;

/** µs of all of them. Time in the coarse clock alone counts where it is more than rounding makes up. */
export function cpuUsOf(processes: readonly ProcessSpan[]): number {
  const seen = processes.map((one) => one.threadsNs / 1000 + unseenThreadsUs(one));
  return seen.reduce((sum, us) => sum + us, 0) + unseenChildrenUs(processes);
}

function unseenThreadsUs({ own, threadsNs }: ProcessSpan): number {
  return beyond((own.last - own.first) * usPerTick - threadsNs / 1000, roundings);
}

/** Children that no look found, and what others used between their last look and their end. */
function unseenChildrenUs(processes: readonly ProcessSpan[]): number {
  let ticks = 0;
  let cut = 0;
  for (const { own, waited, ended } of processes) {
    // What ends hands all that it ever used to who waits for it.
    ticks += ended ? -own.last - waited.first : waited.last - waited.first;
    if (ended) cut += roundings;
    if (ended ? waited.first > 0 : waited.last !== waited.first) cut += roundings;
  }
  return beyond(ticks * usPerTick, cut);
}

function beyond(us: number, cutTicks: number): number {
  return us > cutTicks * usPerTick ? us : 0;
}
