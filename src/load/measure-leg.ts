/** One leg, from its settings to the figures of the result. */
import type { RecordableHistogram } from "node:perf_hooks";
import { bottleneckOf } from "./bottleneck.ts";
import { latencyAt } from "./figures.ts";
import { atPercentile, latencyOf, merged } from "./histograms.ts";
import type { LegShare, ThreadOutcome } from "./leg.ts";
import { runThreads } from "./leg.ts";
import type { Address } from "./load-connection.ts";
import { type Usage, UsageMeter } from "./process-usage.ts";
import { mixedSeed } from "./random.ts";
import { type Cost, type ErrorKind, errorKinds, type Interval, type Leg } from "./result.ts";
import type { RunSettings } from "./settings.ts";
import { highestMs, type IntervalTally, intervalSeconds, type Tally } from "./tally.ts";

/** A leg with what a total is made from. The histograms of its intervals are not kept: a long run has thousands of them. */
export interface MeasuredLeg {
  readonly leg: Leg;
  readonly latency: RecordableHistogram;
  readonly lag: RecordableHistogram;
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
  const boundaries = {
    measuring: () => {
      own = process.cpuUsage();
      meter?.start();
    },
    measured: () => {
      own = process.cpuUsage(own);
      usage = meter?.stop() ?? null;
    },
  };
  try {
    const outcomes = await runThreads(sharesOf(settings, address, pair), boundaries);
    return legOf(settings, pair, outcomes, usage, own.user + own.system);
  } finally {
    meter?.close();
  }
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
    seed: mixedSeed(seed, pair, thread),
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
  const latencies = merged(
    tallies.map((tally) => tally.latency),
    highestMs(timeoutMs),
  );
  const latency = latencyOf(latencies);
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
  const [p50Us, p99Us] = [latencyAt(latency, 50) ?? 0, latencyAt(latency, 99) ?? 0];
  const missed = sum(tallies, (tally) => tally.missed);
  const signs = { ...measured, missed, requests, endedInTime, waitedShare, p50Us, p99Us };
  const leg: Leg = {
    pair,
    seconds,
    requests,
    errors: errorsOf(tallies),
    statuses: statusesOf(tallies),
    answered: sum(tallies, (tally) => tally.answeredInTime),
    connects: sum(tallies, (tally) => tally.connects),
    latency,
    intervals: intervalsOf(settings, tallies),
    cost: usage === null ? null : costOf(usage, endedInTime),
    generator: { ...measured, bottleneck: bottleneckOf(signs, settings) },
  };
  return { leg, latency: latencies, lag, endedInTime };
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
