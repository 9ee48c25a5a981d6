/** What a reader must know of a run before its figures. */
import { formatDurationMs } from "../../core/units.ts";
import { errorTotal, unanswered } from "../figures.ts";
import type { BenchResult, LoadSettings, Machine } from "../result.ts";
import { count, memory } from "./format.ts";

/** Labels with their text, in the order of reading. */
export type Facts = readonly (readonly [label: string, text: string])[];

/** How, where and when a run was made. */
export function factsOf({ startedAt, command, machine, settings, targets }: BenchResult): Facts {
  return [
    ["started", startedAt.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC")],
    ["command", command],
    ["traffic", settings.traffic],
    ["load", loadOf(settings)],
    ["measured", measuredOf(settings)],
    ...targets.map(({ name, url }) => ["target", `${name}: ${url}`] as const),
    ["machine", machineOf(machine)],
  ];
}

function loadOf({ loop, arrivals, rate, connections, timeoutMs, seed }: LoadSettings): string {
  const pace =
    loop === "open"
      ? `open loop, ${arrivals ?? "unknown"} arrivals, ${count(rate ?? 0)} requests/s`
      : "closed loop: latencies leave out the waiting of requests that were not sent meanwhile";
  const limit = `time-out ${formatDurationMs(Math.round(timeoutMs))}`;
  return `${pace}, ${count(connections)} connections, ${limit}, seed ${seed}`;
}

function measuredOf({ seconds, warmupSeconds, pairs }: LoadSettings): string {
  const legs = pairs === 1 ? "one leg" : `${count(pairs)} legs`;
  return `${legs} of ${seconds} s for each target, after ${warmupSeconds} s of warm-up`;
}

export function machineOf({ cpu, cores, memoryMiB, system, node, hostward }: Machine): string {
  return `${cpu}, ${cores} cores, ${memory(memoryMiB)}, ${system}, Node ${node}, Hostward ${hostward}`;
}

/** What spoils the run: why nothing may be concluded, and what went unanswered. Empty when all is well. */
export function concernsOf({ targets, comparisons }: Pick<BenchResult, "targets" | "comparisons">): readonly string[] {
  const ofTargets = targets.flatMap(({ name, total }) => [
    ...(total.generator.bottleneck === null
      ? []
      : [`${name}: nothing may be concluded: ${total.generator.bottleneck}`]),
    ...(errorTotal(total.errors) + total.generator.unsent === 0 ? [] : [`${name}: ${unanswered(total)}`]),
  ]);
  const told = targets.map(({ total }) => total.generator.bottleneck);
  const reasons = comparisons.flatMap(({ baseline, candidate, inconclusive }) =>
    inconclusive === null || told.includes(inconclusive)
      ? []
      : [`${candidate} against ${baseline}: nothing may be concluded: ${inconclusive}`],
  );
  const alone = targets.length > 1 && comparisons.length === 0;
  const apart = alone ? ["the targets are not compared: that takes at least two pairs of legs with right answers"] : [];
  return [...ofTargets, ...apart, ...new Set(reasons)];
}
