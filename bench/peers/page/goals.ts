/** What the edge is held to, and whether a run says that it is so. */

import { ratio, time } from "../../../src/load/report/format.ts";
import type { Leg } from "../../../src/load/result.ts";
import type { FiguresResult, PeerFigures, PeersResult, Sections } from "../results.ts";

export type Verdict = "reached" | "missed" | "unclear" | "not measured";

/** One line of the table of goals. */
export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly verdict: Verdict;
}

/** What a run says of a goal; `unclear` with the reason why nothing can be concluded. */
interface Finding {
  readonly value: number;
  readonly words: string;
  readonly errors?: number;
  readonly unclear?: string | null;
}

type Source = PeersResult["sections"];

/** A value that must not be above `max`, or not below `min`. Undefined where the section was not measured. */
interface GoalRow {
  readonly what: string;
  readonly goal: string;
  readonly max?: number;
  readonly min?: number;
  readonly find: (sections: Source) => Finding | undefined;
}

const kept = "GET of 1 KiB, worker keeps connections: CPU of a request";
const closing = "GET of 1 KiB, worker closes: CPU of a request";
const posted = "POST of 2 KiB JSON-RPC with the guard: CPU of a request";
const added = "Latency that the edge adds at half load, or at 12,000 requests a second, worker keeps connections";

const rows: readonly GoalRow[] = [
  { what: kept, goal: "≤ 1.25 × nginx", max: 1.25, find: beside("get-kept", "nginx") },
  { what: kept, goal: "≤ 0.25 × Envoy, emitted", max: 0.25, find: beside("get-kept", "envoy, emitted") },
  { what: kept, goal: "≤ 0.12 × http-proxy", max: 0.12, find: beside("get-kept", "http-proxy") },
  { what: closing, goal: "≤ 1.6 × nginx", max: 1.6, find: beside("get-closing", "nginx") },
  { what: closing, goal: "≤ 0.5 × Envoy, bare", max: 0.5, find: beside("get-closing", "envoy, bare") },
  { what: posted, goal: "≤ 1.5 × nginx", max: 1.5, find: beside("post-kept", "nginx") },
  { what: `${added}, p50`, goal: "≤ 0.15 ms", max: 150, find: addedLatency("p50") },
  { what: `${added}, p99`, goal: "≤ 1 ms", max: 1000, find: addedLatency("p99") },
  { what: "Host lookup, 1 → 100,000 tenants: CPU of a request", goal: "≤ 1.05 ×", max: 1.05, find: lookup },
  {
    what: "Memory of a tenant, of 100,000",
    goal: "≤ 1.5 KiB",
    max: 1.5,
    find: figureOf("tenants", "many-tenants", "memory of a tenant, after collection"),
  },
  { what: "Reload of 100,000 tenants under load: failed requests", goal: "0", max: 0, find: reloadErrors },
  { what: "Reload of 100,000 tenants under load: longest stall", goal: "≤ 50 ms", max: 50, find: reloadStall },
  { what: "Guard on uploads", goal: "≥ 500 MB/s", min: 500, find: figureOf("others", "guard", "slowest upload") },
  { what: "Guard, worst body", goal: "≤ 20 ns/B", max: 20, find: figureOf("others", "guard", "worst body") },
  {
    what: "Worst amplification over the smuggling corpus: CPU, a plain GET = 1",
    goal: "≤ 100 ×",
    max: 100,
    find: figureOf("others", "amplification", "worst case"),
  },
  {
    what: "`emit` for 10,000 tenants",
    goal: "≤ 5 s",
    max: 5000,
    find: figureOf("others", "emit", "time from start to end"),
  },
  {
    what: "`emit` twice: files that differ",
    goal: "0",
    max: 0,
    find: figureOf("others", "emit", "files that differ in a second run"),
  },
  {
    what: "Bytes that cross tenants in 1,000,000 requests",
    goal: "0",
    max: 0,
    find: figureOf("isolation", "isolation", "bytes that crossed"),
  },
];

/** Every goal with what the run says of it. */
export function goalsOf({ sections }: PeersResult): Goal[] {
  return rows.map(({ what, goal, max = Number.POSITIVE_INFINITY, min = Number.NEGATIVE_INFINITY, find }) => {
    const found = find(sections);
    if (found === undefined) return { what, goal, measured: "–", verdict: "not measured" };
    const { value, words, errors = 0, unclear = null } = found;
    const more = [...(errors > 0 ? [`${errors} errors`] : []), ...(unclear === null ? [] : [unclear])];
    const within = value <= max && value >= min && errors === 0;
    const verdict = unclear !== null ? "unclear" : within ? "reached" : "missed";
    return { what, goal, measured: [words, ...more].join("; "), verdict };
  });
}

/** CPU of the edge against a peer's in one case, round by round against nginx. */
function beside(id: string, peer: string): GoalRow["find"] {
  return ({ peers }) => {
    const found = peers?.cases.find((one) => one.id === id)?.peers ?? [];
    const [edge, other] = [peerNamed(found, "hostward"), peerNamed(found, peer)];
    if (edge === undefined || other === undefined) return undefined;
    const value = edge.ratio.median / other.ratio.median;
    const spread = peer === "nginx" ? ([edge.ratio.low, edge.ratio.high] as const) : null;
    return { value, words: ratio(value, spread), errors: edge.errors + other.errors };
  };
}

function peerNamed(peers: readonly PeerFigures[], name: string): PeerFigures | undefined {
  return peers.find(({ peer }) => peer === name);
}

function addedLatency(figure: "p50" | "p99"): GoalRow["find"] {
  return ({ latency }) => {
    const result = latency?.runs[0]?.result;
    const found = result?.comparisons.find((one) => one.candidate === "hostward" && one.figure === figure);
    if (result === undefined || found === undefined) return undefined;
    const errors = result.targets.map(({ total }) => errorsOf(total)).reduce((a, b) => a + b, 0);
    const words = `${time(found.differenceUs)} on ${time(found.baselineUs)}`;
    return { value: found.differenceUs, words, errors, unclear: found.inconclusive };
  };
}

function errorsOf({ errors }: Pick<Leg, "errors">): number {
  return Object.values(errors).reduce((a, b) => a + b, 0);
}

function lookup({ growth }: Source): Finding | undefined {
  const points = growth?.results.find(({ id }) => id === "tenants")?.series[0]?.points ?? [];
  const [one, all] = [points.find(({ at }) => at === 1), points.find(({ at }) => at === 100_000)];
  if (one === undefined || all === undefined) return undefined;
  const value = all.cpuUs.median / one.cpuUs.median;
  return { value, words: ratio(value), errors: one.errors + all.errors };
}

function figureOf(section: "tenants" | "others" | "isolation", id: string, name: string): GoalRow["find"] {
  return (sections) => {
    const found = resultsOf(sections[section])?.find((one) => one.id === id);
    const figure = found?.figures.find((one) => one.name.startsWith(name));
    if (figure === undefined) return undefined;
    const { value, unit, errors } = figure;
    return { value, words: unit === "count" ? `${value}` : `${Number(value.toPrecision(3))} ${unit}`, errors };
  };
}

function resultsOf(section: Sections["tenants"] | undefined): readonly FiguresResult[] | undefined {
  return section?.results;
}

function reloadErrors(sections: Source): Finding | undefined {
  const stall = figureOf("tenants", "reload", "reloading: longest gap")(sections);
  return stall === undefined ? undefined : { value: stall.errors ?? 0, words: `${stall.errors ?? 0}` };
}

/** The longest gap of a busy connection; where the control's own is beyond the goal, the machine was not quiet enough. */
function reloadStall(sections: Source): Finding | undefined {
  const stall = figureOf("tenants", "reload", "reloading: longest gap")(sections);
  const control = figureOf("tenants", "reload", "control: longest gap")(sections);
  if (stall === undefined || control === undefined) return undefined;
  const unclear = control.value > 50 && stall.value > 50 ? "as long without a reload" : null;
  return { value: stall.value, words: `${stall.words}, ${control.words} without a reload`, unclear };
}
