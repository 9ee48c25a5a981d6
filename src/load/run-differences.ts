/** In what two runs differ beside their figures, and what that means for these. */
import type { BenchResult, LoadSettings, Machine } from "./result.ts";

export interface Difference {
  readonly of: "machine" | "settings";
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly meaning: string;
  /** False where the figures of the runs must not be compared. */
  readonly comparable: boolean;
}

interface Meaning {
  readonly what: string;
  readonly meaning: string;
  readonly comparable: boolean;
}

const otherMachine = "times of two machines say nothing of each other; ratios within a run do";
const otherLoad = "latency depends on the load, and CPU per request on how many share a wake-up";

const otherRequests = "they are not the same requests";

const settingMeanings: Readonly<Record<keyof LoadSettings, Meaning>> = {
  loop: { what: "loop", meaning: "an open and a closed loop measure different things", comparable: false },
  arrivals: { what: "arrivals", meaning: "arrivals that bunch wait for each other", comparable: false },
  rate: { what: "rate", meaning: otherLoad, comparable: false },
  connections: { what: "connections", meaning: otherLoad, comparable: false },
  warmupSeconds: { what: "warm-up", meaning: "a shorter one measures cold code", comparable: true },
  seconds: { what: "seconds", meaning: "longer legs see rarer things: compare no maximum", comparable: true },
  pairs: { what: "pairs", meaning: "more pairs make narrower intervals, no other figures", comparable: true },
  timeoutMs: {
    what: "time-out",
    meaning: "a longer one counts as latency what a shorter counts as error",
    comparable: false,
  },
  seed: { what: "seed", meaning: "other arrivals of the same distribution", comparable: true },
  traffic: { what: "traffic", meaning: otherRequests, comparable: false },
  trafficDigest: { what: "requests", meaning: otherRequests, comparable: false },
  threads: { what: "threads", meaning: otherLoad, comparable: false },
  sockets: { what: "sockets", meaning: "open WebSockets cost what they are kept with", comparable: false },
};

const machineMeanings: Readonly<Record<keyof Machine, Meaning>> = {
  cpu: { what: "processor", meaning: otherMachine, comparable: false },
  cores: { what: "cores", meaning: otherMachine, comparable: false },
  memoryMiB: { what: "memory", meaning: otherMachine, comparable: false },
  system: { what: "system", meaning: "kernels differ in what a connection costs", comparable: true },
  node: { what: "Node", meaning: "it is part of what is measured, on both sides of the wire", comparable: true },
  hostward: { what: "Hostward", meaning: "the harness changed too, if each version measured itself", comparable: true },
};

/** All of them, what forbids a comparison first. */
export function differencesOf(before: BenchResult, after: BenchResult): readonly Difference[] {
  const found = [
    ...between("machine", before.machine, after.machine, machineMeanings),
    ...between("settings", before.settings, after.settings, settingMeanings),
  ];
  return found.toSorted((a, b) => Number(a.comparable) - Number(b.comparable));
}

function between<T extends object>(
  of: Difference["of"],
  before: T,
  after: T,
  meanings: Readonly<Record<keyof T, Meaning>>,
): Difference[] {
  return (Object.keys(meanings) as (keyof T)[]).flatMap((key) =>
    before[key] === after[key] ? [] : [{ of, ...meanings[key], before: shown(before[key]), after: shown(after[key]) }],
  );
}

/** A result of an older harness does not say everything. */
function shown(value: unknown): string {
  return value === undefined ? "unknown" : String(value);
}
