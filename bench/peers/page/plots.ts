/** The plots beside docs/performance.md. */
import { count, shortTime } from "../../../src/load/report/format.ts";
import { type BarPlot, drawBarPlot } from "../../../src/load/report/plots/bar-plot.ts";
import { drawLinePlot, type LinePlot } from "../../../src/load/report/plots/line-plot.ts";
import { type Drawing, svgFile } from "../../../src/load/report/plots/svg.ts";
import { latencyByPercentile } from "../../../src/load/report/plots-of-run.ts";
import type { GrowthResult, PeerCaseResult, PeersResult } from "../results.ts";

/** What the edge is held to beside nginx, by case. */
const goals: Readonly<Record<string, number>> = { "get-kept": 1.25, "get-closing": 1.6, "post-kept": 1.5 };

/** Files of what a part shows, by its id. */
export const plotFiles: ReadonlyMap<string, string> = new Map([
  ...["get-kept", "post-kept", "get-closing", "post-closing"].map((id) => [id, `peers-${id}.svg`] as const),
  ...["fields", "connections", "bodies", "tenants"].map((id) => [id, `growth-${id}.svg`] as const),
  ["latency-0", "latency-kept.svg"],
  ["latency-1", "latency-closing.svg"],
  ["latency-2", "latency-steady.svg"],
]);

/** Every plot as a file's name and its text. The same result gives the same bytes. */
export function plotsOf({ sections }: PeersResult): Map<string, string> {
  const { peers, latency, growth } = sections;
  const drawings: ReadonlyArray<readonly [id: string, drawing: Drawing]> = [
    ...(peers?.cases ?? []).map((one) => [one.id, drawBarPlot(peersPlot(one))] as const),
    ...(latency?.runs ?? []).map((run, i) => [`latency-${i}`, drawLinePlot(latencyPlot(run))] as const),
    ...(growth?.results ?? []).map((one) => [one.id, drawLinePlot(growthPlot(one))] as const),
  ];
  return new Map(drawings.map(([id, drawing]) => [plotFiles.get(id)!, svgFile(drawing)]));
}

const multiple = (value: number): string => `${value.toFixed(2)}x`;

function peersPlot({ id, title, peers }: PeerCaseResult): BarPlot {
  const goal = goals[id];
  return {
    title,
    description: `CPU of a request, nginx = 1: ${peers.map((one) => `${one.peer} ${multiple(one.ratio.median)}`).join(", ")}. Lower is better.`,
    label: "CPU of a request, nginx = 1; whiskers: the least and the most of all rounds",
    format: multiple,
    bars: peers.map(({ peer, ratio, errors }) => ({
      name: peer,
      value: ratio.median,
      spread: [ratio.low, ratio.high],
      emphasised: peer === "hostward",
      ...(errors === 0 ? {} : { note: `${errors} errors` }),
    })),
    ...(goal === undefined ? {} : { goal: { value: goal, name: `goal ${goal}x` } }),
  };
}

type LatencyRun = NonNullable<PeersResult["sections"]["latency"]>["runs"][number];

function latencyPlot({ title, result }: LatencyRun): LinePlot {
  return { ...latencyByPercentile(result.targets), title: `Latency by percentile, ${title}` };
}

function growthPlot({ id, title, unit, series }: GrowthResult): LinePlot {
  const ends = series.map(({ name, points }) => {
    const [first, last] = [points[0]!, points.at(-1)!];
    return `${name} ${shortTime(first.cpuUs.median)} at ${count(first.at)}, ${shortTime(last.cpuUs.median)} at ${count(last.at)}`;
  });
  return {
    title: `${title}: CPU of a request`,
    description: `${ends.join("; ")}. Lower is better.`,
    x: { label: unit, scale: id === "fields" ? "linear" : "log", format: count },
    y: { label: "CPU of a request", scale: id === "bodies" ? "log" : "linear", format: shortTime },
    series: series.map(({ name, points }) => ({
      name,
      points: points.map(({ at, cpuUs }) => [at, cpuUs.median] as const),
    })),
  };
}
