/** One leg, from its settings to the figures of the result. */

import { atPercentile, latencyOf, merged } from "./histograms.ts";
import type { LegShare, ThreadOutcome } from "./leg.ts";
import { runThreads } from "./leg.ts";
import type { Address } from "./load-connection.ts";
import { type Usage, UsageMeter } from "./process-usage.ts";
import { type Cost, type ErrorKind, errorKinds, type Generator, type Interval, type Leg } from "./result.ts";
import type { RunSettings } from "./settings.ts";
import { highestMs, type IntervalTally, intervalSeconds, type Tally } from "./tally.ts";

/** A leg with the histograms that it came from, so that several can be merged. */
export interface MeasuredLeg {
  readonly leg: Leg;
  readonly tallies: readonly Tally[];
  readonly endedInTime: number;
}

/** Loads one target once. The same pair has the same arrivals and the same requests for each target. */
export async function measureLeg(
  settings: RunSettings,
  address: Address,
  pid: number | null,
  pair: number,
): Promise<MeasuredLeg> {
  const meter = pid === null ? null : new UsageMeter(pid);
  let usage: Usage | null = null;
  let own = process.cpuUsage();
  const outcomes = await runThreads(sharesOf(settings, address, pair), {
    measuring: () => {
      own = process.cpuUsage();
      meter?.start();
    },
    measured: () => {
      own = process.cpuUsage(own);
      usage = meter?.stop() ?? null;
    },
  });
  return legOf(settings, pair, outcomes, usage, own.user + own.system);
}

function sharesOf(settings: RunSettings, address: Address, pair: number): LegShare[] {
  const { threads, loop, arrivals, rate, connections, sockets, seed, externalPort } = settings;
  const { expectWorker, warmupSeconds, seconds, timeoutMs, traffic } = settings;
  return Array.from({ length: threads }, (_, thread) => ({
    address,
    expectWorker,
    arrivals: loop === "closed" ? null : { kind: arrivals, rate, thread, threads },
    connections: shareOf(connections, thread, threads),
    socketsMax: shareOf(sockets, thread, threads),
    warmupSeconds,
    seconds,
    timeoutMs,
    seed: (seed + pair * threads + thread) | 0,
    traffic,
    originPort: externalPort ?? address.port,
  }));
}

function shareOf(total: number, thread: number, threads: number): number {
  return Math.floor((total + thread) / threads);
}

function legOf(
  settings: RunSettings,
  pair: number,
  outcomes: readonly ThreadOutcome[],
  usage: Usage | null,
  ownCpuUs: number,
): MeasuredLeg {
  const { seconds, timeoutMs } = settings;
  const tallies = outcomes.map(({ tally }) => tally);
  const endedInTime = sum(tallies, (tally) => tally.endedInTime);
  const latency = latencyOf(
    merged(
      tallies.map((tally) => tally.latency),
      highestMs(timeoutMs),
    ),
  );
  const lag = merged(
    tallies.map((tally) => tally.lag),
    highestMs(timeoutMs),
  );
  const measured = {
    cpuUsPerRequest: ownCpuUs / Math.max(1, endedInTime),
    loopBusy: Math.max(...outcomes.map(({ loopBusy }) => loopBusy)),
    lagP50Us: atPercentile(lag, 50),
    lagP99Us: atPercentile(lag, 99),
    unsent: sum(tallies, (tally) => tally.unsent),
  };
  const requests = sum(tallies, (tally) => tally.requests);
  const waitedShare = sum(tallies, (tally) => tally.waited) / Math.max(1, requests);
  const p99Us = latency.percentiles.find(({ percentile }) => percentile === 99)!.us;
  const leg: Leg = {
    pair,
    seconds,
    requests,
    errors: errorsOf(tallies),
    statuses: statusesOf(tallies),
    connects: sum(tallies, (tally) => tally.connects),
    latency,
    intervals: intervalsOf(settings, tallies),
    cost: usage === null ? null : costOf(usage, endedInTime),
    generator: { ...measured, bottleneck: bottleneckOf({ ...measured, waitedShare, p99Us }, settings) },
  };
  return { leg, tallies, endedInTime };
}

const busyMax = 0.9;
/** Above this share that waited for a connection, latency says how long the queue had become, and no more. */
const waitedShareMax = 0.5;
/** Lateness below this is a modern kernel's own, and no reason to doubt anything. */
const lagAlwaysFineUs = 250;
/** Above this part of the latency, what is measured is the generator. */
const lagShareMax = 0.5;

/** What tells whether a leg may be believed. */
export interface Signs extends Omit<Generator, "bottleneck" | "cpuUsPerRequest" | "lagP50Us"> {
  readonly waitedShare: number;
  readonly p99Us: number;
}

/** Why the load, and not the target, may have made the figures of a leg; null where it did not. */
export function bottleneckOf(
  signs: Signs,
  { loop, connections }: Pick<RunSettings, "loop" | "connections">,
): string | null {
  const { loopBusy, lagP99Us, unsent, waitedShare, p99Us } = signs;
  if (unsent > 0)
    return `${unsent} requests could not be sent in time: all ${connections} connections had one on its way`;
  if (loopBusy > busyMax) return `the generator was busy ${Math.round(loopBusy * 100)}% of the time`;
  if (loop === "closed") return null;
  if (waitedShare > waitedShareMax) {
    return `${Math.round(waitedShare * 100)}% of the requests had to wait for one of ${connections} connections: the rate is too high`;
  }
  if (p99Us > 0 && lagP99Us > Math.max(lagAlwaysFineUs, p99Us * lagShareMax)) {
    return `the generator sent late: by ${lagP99Us} µs at its 99th percentile, of ${p99Us} µs in all`;
  }
  return null;
}

function costOf({ cpuUs, seconds, memoryMiB }: Usage, requests: number): Cost {
  return { cpuUsPerRequest: cpuUs / Math.max(1, requests), cores: cpuUs / (seconds * 1e6), memoryMiB };
}

function intervalsOf({ seconds, timeoutMs }: RunSettings, tallies: readonly Tally[]): Interval[] {
  const length = intervalSeconds(seconds);
  return tallies[0]!.intervals.map((_, i) => {
    const parts = tallies.map((tally): IntervalTally => tally.intervals[i]!);
    const latency = merged(
      parts.map((part) => part.latency),
      highestMs(timeoutMs),
    );
    return {
      startSeconds: i * length,
      seconds: Math.min(length, seconds - i * length),
      requests: sum(parts, (part) => part.requests),
      errors: sum(parts, (part) => part.errors),
      p50Us: atPercentile(latency, 50),
      p99Us: atPercentile(latency, 99),
      maxUs: atPercentile(latency, 100),
    };
  });
}

function errorsOf(tallies: readonly Tally[]): Record<ErrorKind, number> {
  const counts = errorKinds.map((kind) => [kind, sum(tallies, ({ errors }) => errors[kind])]);
  return Object.fromEntries(counts) as Record<ErrorKind, number>;
}

function statusesOf(tallies: readonly Tally[]): Record<string, number> {
  const statuses = [...new Set(tallies.flatMap((tally) => Object.keys(tally.statuses)))].sort();
  return Object.fromEntries(statuses.map((status) => [status, sum(tallies, (tally) => tally.statuses[status] ?? 0)]));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
