/**
 * What a run of the load harness found: plain data, the same in the JSON file, in the reports and in a comparison of
 * two runs. All times are microseconds unless a name says otherwise; all shares are between 0 and 1.
 */

/** A request that did not end with a right answer, by what went wrong. */
export const errorKinds = [
  "connect", // no connection: refused, unreachable, or no descriptor left
  "reset", // the connection ended before the answer was complete
  "timeout", // no complete answer in time
  "malformed", // bytes that are no HTTP/1.1 answer
  "status", // a complete answer with a status that was not expected
  "misrouted", // a complete answer of the wrong worker, or for another host
] as const;

export type ErrorKind = (typeof errorKinds)[number];

/** How many requests ended in which error. */
export type ErrorCounts = Readonly<Record<ErrorKind, number>>;

/** A point of the curve of latency by percentile. */
export interface Percentile {
  /** Between 0 and 100. */
  readonly percentile: number;
  readonly us: number;
}

/** Latency from the intended start, of the requests that ended with a right answer. */
export interface Latency {
  readonly count: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly maxUs: number;
  /** Ascending, from 0 to 100, dense enough at the end to be drawn: 50, 75, 90, 95, 99, 99.9 and 99.99 are among them. */
  readonly percentiles: readonly Percentile[];
}

/** One stretch of time of a leg. */
export interface Interval {
  /** From the beginning of the measured part. */
  readonly startSeconds: number;
  readonly seconds: number;
  readonly requests: number;
  readonly errors: number;
  /** 0 where no request ended with a right answer. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** What the target's processes used while a leg was measured. */
export interface Cost {
  /** CPU, user and system. */
  readonly cpuUsPerRequest: number;
  /** CPU as a share of one core: above 1 with several. */
  readonly cores: number;
  /** Resident memory at its highest, sampled ten times a second. */
  readonly memoryMiB: number;
}

/** What the harness itself was like while a leg was measured. */
export interface Generator {
  readonly cpuUsPerRequest: number;
  /** The busy share of its event loop, of the busiest thread. */
  readonly loopBusy: number;
  /** How late requests left after their intended start, for reasons of the generator's own. Part of every latency. */
  readonly lagP50Us: number;
  readonly lagP99Us: number;
  /** Requests that were due and were not sent in time: so many were on their way already, or the generator paused. */
  readonly unsent: number;
  /** Why nothing may be concluded from the leg, or null. */
  readonly bottleneck: string | null;
}

/** One measured stretch against one target. */
export interface Leg {
  /** The pair that it is a part of, from 0. */
  readonly pair: number;
  readonly seconds: number;
  /** Requests that came to an end, right or wrong. */
  readonly requests: number;
  readonly errors: ErrorCounts;
  /** Complete answers by status, as in `{"200": 1234}`. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Right answers that came within the measured time, whenever they were due: the throughput. Older results lack it. */
  readonly answered?: number;
  readonly connects: number;
  readonly latency: Latency;
  readonly intervals: readonly Interval[];
  /** Null where no process was named, or where it ended meanwhile; in a total where that is so of any leg. */
  readonly cost: Cost | null;
  readonly generator: Generator;
}

/** All legs of a target. */
export interface TargetResult {
  readonly name: string;
  /** Without credentials or query. */
  readonly url: string;
  readonly legs: readonly Leg[];
  /** The legs taken together: counts are summed, latencies merged, costs weighted by requests, worst of the generator. */
  readonly total: Omit<Leg, "pair" | "intervals">;
}

export const comparedFigures = ["p50", "p90", "p99", "mean", "cpu"] as const;

export type ComparedFigure = (typeof comparedFigures)[number];

/** One figure of a target against the same of the first one. */
export interface Comparison {
  readonly baseline: string;
  readonly candidate: string;
  readonly figure: ComparedFigure;
  /** Medians over the pairs. */
  readonly baselineUs: number;
  readonly candidateUs: number;
  /** The mean of the pairs' differences, candidate minus baseline, and its interval of confidence. */
  readonly differenceUs: number;
  readonly differenceIntervalUs: readonly [low: number, high: number];
  /** The same as quotient: the geometric mean over the pairs. */
  readonly ratio: number;
  readonly ratioInterval: readonly [low: number, high: number];
  readonly confidence: 0.95;
  readonly pairs: number;
  /** Why nothing may be concluded, or null: the generator, errors, too few pairs. */
  readonly inconclusive: string | null;
}

/** A limit that the run was held to. */
export interface Gate {
  /** As written, such as `--max-p99 2ms`. */
  readonly text: string;
  readonly target: string;
  /** Null where it was not measured. */
  readonly value: number | null;
  readonly limit: number;
  readonly unit: "us" | "x" | "share";
  /** `refused` where nothing may be concluded: that is no pass. */
  readonly verdict: "passed" | "failed" | "refused";
  readonly reason: string;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly system: string;
  readonly node: string;
  readonly hostward: string;
}

/** How the load was made, as far as a reader needs it to judge or repeat the run. */
export interface LoadSettings {
  readonly loop: "open" | "closed";
  readonly arrivals: "constant" | "poisson" | null;
  /** Requests a second; null in a closed loop. */
  readonly rate: number | null;
  readonly connections: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly pairs: number;
  readonly timeoutMs: number;
  readonly seed: number;
  /** In words: `GET /web/login`, `120 tenants, zipf 1.0`, `odoo-mix`. */
  readonly traffic: string;
  /** Of all that was asked, the origin and what was expected: the same for the same requests. Older results lack these three. */
  readonly trafficDigest?: string;
  readonly threads?: number;
  readonly sockets?: number;
}

/** A whole run. */
export interface BenchResult {
  readonly format: "hostward-bench/1";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly command: string;
  readonly machine: Machine;
  readonly settings: LoadSettings;
  readonly targets: readonly TargetResult[];
  readonly comparisons: readonly Comparison[];
  readonly gates: readonly Gate[];
}
