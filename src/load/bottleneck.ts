/** Whether a leg may be believed, by what the generator saw of itself. */
import type { Generator } from "./result.ts";
import type { RunSettings } from "./settings.ts";

const busyMax = 0.9;
/** Above this share that waited for a connection, latency says how long the queue had become, and no more. */
const waitedShareMax = 0.5;
/** Below this share of the requests that ended in the time in which they were due, the queue grows. */
const endedShareMin = 0.9;
/** So few may be on their way at the end whatever the rate is. */
const alwaysOnTheWay = 2;
/** Lateness of the last hundredth below this is a modern kernel's own, and no reason to doubt anything. */
const lagAlwaysFineUs = 250;
/** Above this part of the latency, what is measured is the generator. */
const lagShareMax = 0.5;

/** What tells whether a leg may be believed. */
export interface Signs extends Omit<Generator, "bottleneck" | "cpuUsPerRequest"> {
  /** Requests that were due in the measured time, and those that ended in it. */
  readonly requests: number;
  readonly endedInTime: number;
  /** Of the unsent, those that a connection was free for. */
  readonly missed: number;
  readonly waitedShare: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** What a leg was asked for, as far as it decides what the signs mean. */
export type AskedLeg = Pick<RunSettings, "loop" | "rate" | "connections" | "warmupSeconds">;

/** Why the load, and not the target, may have made the figures of a leg; null where it did not. */
export function bottleneckOf(signs: Signs, asked: AskedLeg): string | null {
  const { loop, connections } = asked;
  const { loopBusy, unsent, missed, waitedShare } = signs;
  if (missed > 0) return `the generator paused: ${missed} requests were not sent in time, though a connection was free`;
  if (unsent > 0)
    return `${unsent} requests could not be sent in time: all ${connections} connections had one on its way`;
  if (loopBusy > busyMax) return `the generator was busy ${Math.round(loopBusy * 100)}% of the time`;
  if (loop === "closed") return null;
  if (waitedShare > waitedShareMax) {
    return `${Math.round(waitedShare * 100)}% of the requests had to wait for one of ${connections} connections: the rate is too high`;
  }
  const lag = lagOf(signs);
  if (lag !== null) return lag;
  if (isQueueing(signs, asked)) {
    const share = Math.round((signs.endedInTime / signs.requests) * 100);
    return `only ${share}% of the requests ended in the time in which they were due: the rate is too high`;
  }
  return null;
}

/** A half of all requests is late as a rule, the last hundredth now and then on any kernel. */
function lagOf({ lagP50Us, lagP99Us, p50Us, p99Us }: Signs): string | null {
  const late = (lagUs: number, percentile: string, us: number): string =>
    `the generator sent late: by ${lagUs} µs at its ${percentile} percentile, of ${us} µs in all`;
  if (p50Us > 0 && lagP50Us > p50Us * lagShareMax) return late(lagP50Us, "50th", p50Us);
  const isLate = p99Us > 0 && lagP99Us > Math.max(lagAlwaysFineUs, p99Us * lagShareMax);
  return isLate ? late(lagP99Us, "99th", p99Us) : null;
}

/**
 * Whether more came than went. What a steady latency keeps on its way at the end is no queue: after a warm-up that is
 * longer than it, as many ended of those that were due before.
 */
function isQueueing({ requests, endedInTime, p50Us }: Signs, { rate, warmupSeconds }: AskedLeg): boolean {
  const endedRate = (rate * endedInTime) / Math.max(1, requests);
  const steady = endedRate * Math.max(0, p50Us / 1e6 - warmupSeconds); // Little's law
  return requests - endedInTime - steady > Math.max(alwaysOnTheWay, requests * (1 - endedShareMin));
}
