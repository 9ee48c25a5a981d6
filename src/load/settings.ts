/** What a run shall do, and what it may not. */
import type { ArrivalKind } from "./arrivals.ts";
import { LoadError } from "./load-error.ts";
import type { Traffic } from "./traffic.ts";

/** One edge, proxy or worker under load. */
export interface LoadTarget {
  readonly name: string;
  /** Scheme, host and port; the path is the traffic's. Cleartext only. */
  readonly url: string;
  /** Process whose cost is read, with its children; null: none. */
  readonly pid: number | null;
}

/** A run, every field present. */
export interface RunSettings {
  /** The first one is what the others are compared with. */
  readonly targets: readonly LoadTarget[];
  readonly traffic: Traffic;
  readonly loop: "open" | "closed";
  readonly arrivals: ArrivalKind;
  /** Requests a second of an open loop. */
  readonly rate: number;
  /** Requests on their way at a time, at most; in a closed loop always. */
  readonly connections: number;
  /** WebSockets held open at a time, at most. */
  readonly sockets: number;
  readonly threads: number;
  /** Before each leg, unmeasured. */
  readonly warmupSeconds: number;
  readonly seconds: number;
  /** Legs of each target. */
  readonly pairs: number;
  readonly timeoutMs: number;
  readonly seed: number;
  /** Name that answering workers must give as theirs; empty: any. */
  readonly expectWorker: string;
  /** Port of the origin that clients see; null: the target's own. */
  readonly externalPort: number | null;
  /** Whether targets may be elsewhere than on this machine. */
  readonly remote: "refused" | "allowed";
  /** As typed, for the report. */
  readonly command: string;
}

/** Least and most of each number. A load that was started by mistake ends by itself, soon. */
export const bounds = {
  rate: [0.1, 200_000],
  connections: [1, 20_000],
  sockets: [0, 20_000],
  threads: [1, 64],
  warmupSeconds: [0, 600],
  seconds: [0.1, 3600],
  pairs: [1, 100],
  timeoutMs: [10, 600_000],
  seed: [0, 2 ** 31],
} as const satisfies Partial<Record<keyof RunSettings, readonly [min: number, max: number]>>;

/** As many as a result may have that is read back. */
const targetsMax = 100;
const runSecondsMax = 6 * 3600;
const requestsMax = 500_000_000;

/** Throws a LoadError of `usage` for what is out of bounds. */
export function checkSettings(settings: RunSettings): void {
  for (const [name, [min, max]] of Object.entries(bounds)) {
    if (name === "rate" && settings.loop === "closed") continue;
    const value = settings[name as keyof typeof bounds];
    if (!(value >= min && value <= max)) {
      throw usage(`cannot use a ${name} of ${value}: must be between ${min} and ${max}`, "see `hostward bench --help`");
    }
  }
  const { targets, threads, connections, traffic } = settings;
  if (targets.length === 0) throw usage("there is no target", "name one: --target edge=http://127.0.0.1:8080");
  if (targets.length > targetsMax)
    throw usage(`there are ${targets.length} targets, the most is ${targetsMax}`, "load them in turns");
  const twice = targets.find(({ name }, i) => targets.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) throw usage(`two targets are named \`${twice.name}\``, "give each a name of its own");
  if (threads > connections)
    throw usage(`${threads} threads have only ${connections} connections`, "raise --connections");
  if (traffic.hosts.length === 0 || traffic.requests.length === 0)
    throw usage("there is nothing to ask", "see --traffic");
  const legs = settings.pairs * targets.length;
  const seconds = legs * (settings.seconds + settings.warmupSeconds);
  // After each leg what is on its way is waited for, up to the time-out.
  const longest = seconds + (legs * settings.timeoutMs) / 1000;
  if (longest > runSecondsMax)
    throw usage(
      `the run could take ${Math.round(longest)} s, the most is ${runSecondsMax} s`,
      "lower --seconds, --timeout or --pairs",
    );
  if (settings.loop === "open" && seconds * settings.rate > requestsMax) {
    throw usage(
      `the run would make ${Math.round(seconds * settings.rate)} requests, the most is ${requestsMax}`,
      "lower --rate",
    );
  }
}

function usage(message: string, hint: string): LoadError {
  return new LoadError("usage", message, hint);
}
