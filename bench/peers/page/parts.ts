/** The measured parts of docs/performance.md, as Markdown. */
import { errorTotal, figureOf } from "../../../src/load/figures.ts";
import { count, memory, ratio, time, timeDifference } from "../../../src/load/report/format.ts";
import type { BenchResult } from "../../../src/load/result.ts";
import type { Figure } from "../../support/bench-case.ts";
import type { FiguresResult, GrowthResult, Measured, PeerCaseResult, PeersResult } from "../results.ts";
import { goalsOf } from "./goals.ts";
import { table, wordTable } from "./markdown.ts";
import { plotFiles } from "./plots.ts";

const NOTHING = "Not measured.";

/** Every part, by the name of its place in the page. */
export function partsOf(result: PeersResult): Record<string, string> {
  const { peers, latency, growth, connections, tenants, others, isolation } = result.sections;
  return {
    goals: goalsPart(result),
    settings: peers === undefined ? NOTHING : settingsPart(peers.entries),
    peers: joined(peers?.cases.map(casePart), peers),
    latency: joined(latency?.runs.map(latencyPart), latency),
    growth: joined(growth?.results.map(growthPart), growth),
    connections: joined(connections?.results.map(figuresPart), connections),
    tenants: joined(tenants?.results.map(figuresPart), tenants),
    others: [
      joined(others?.results.map(figuresPart), others),
      joined(isolation?.results.map(figuresPart), isolation),
    ].join("\n\n"),
  };
}

function joined(parts: readonly string[] | undefined, section: Measured | undefined): string {
  return parts === undefined || section === undefined ? NOTHING : [...parts, stampOf(section)].join("\n\n");
}

function stampOf({ startedAt, seconds, machine, quick }: Measured): string {
  const { commit, node, cpu, cores, memoryMiB, system } = machine;
  const on = `${cores} cores of ${cpu}, ${memory(memoryMiB)}, ${system}, Node ${node.slice(1)}`;
  const how = quick ? " A quick look, no measurement." : "";
  return `*${startedAt.slice(0, 10)}, commit ${commit}, ${on}; ${seconds} s.${how}*`;
}

function goalsPart(result: PeersResult): string {
  const rows = goalsOf(result).map(({ what, goal, measured, verdict }) => [what, goal, measured, verdict]);
  return wordTable(["what", "goal", "measured", "verdict"], rows);
}

function settingsPart(entries: readonly { name: string; version: string; setting: string }[]): string {
  const rows = entries.map(({ name, version, setting }) => [name, version === "" ? "not installed" : version, setting]);
  return wordTable(["proxy", "version", "set to"], rows);
}

const peerHead = ["proxy", "CPU of a request", "× nginx", "requests/s", "errors", "connects per 100", "memory"];

function casePart({ id, title, connections, rounds, peers, failed }: PeerCaseResult): string {
  const rows = peers.map((one) => [
    one.peer,
    time(one.cpuUs.median),
    ratio(one.ratio.median, [one.ratio.low, one.ratio.high]),
    count(one.requestsPerSecond.median),
    one.errors === 0 ? "0" : `**${count(one.errors)}** of ${count(one.requests)}`,
    one.connectsPerHundred < 1 ? "0" : one.connectsPerHundred.toFixed(0),
    memory(one.memoryMiB),
  ]);
  const lost = failed.map(({ peer, reason }) => [
    peer,
    `could not be measured: ${reason.replaceAll("\n", "; ")}`,
    "",
    "",
    "",
    "",
    "",
  ]);
  const words = `${connections} connections; medians of ${rounds} rounds, in brackets the least and the most.`;
  return [`### ${title}`, words, table(peerHead, [...rows, ...lost]), picture(title, id)].join("\n\n");
}

function picture(title: string, id: string): string {
  return `![${title}](performance/${plotFiles.get(id) ?? `${id}.svg`})`;
}

function latencyPart({ title, result }: { title: string; result: BenchResult }, index: number): string {
  const rows = result.targets.map(({ name, total }) => {
    const at = (figure: "p50" | "p99") => time(figureOf(total, figure) ?? 0);
    const added = (["p50", "p99"] as const).map((figure) => addedTo(result, name, figure));
    const errors = count(errorTotal(total.errors));
    return [name, at("p50"), added[0]!, at("p99"), added[1]!, `${errors} of ${count(total.requests)}`];
  });
  const bottlenecks = result.targets.flatMap(({ name, total }) => total.generator.bottleneck === null ? [] : `${name}: ${total.generator.bottleneck}`); // biome-ignore format: one line
  const doubts = bottlenecks.length === 0 ? [] : [`Nothing may be concluded: ${bottlenecks.join("; ")}.`];
  const head = ["target", "p50", "added", "p99", "added", "errors"];
  return [`### ${title}`, table(head, rows), ...doubts, picture(title, `latency-${index}`)].join("\n\n");
}

function addedTo({ comparisons }: BenchResult, name: string, figure: "p50" | "p99"): string {
  const found = comparisons.find((one) => one.candidate === name && one.figure === figure);
  return found === undefined ? "" : timeDifference(found.differenceUs, found.differenceIntervalUs);
}

function growthPart({ id, title, unit, series }: GrowthResult): string {
  const first = series[0]!;
  const rows = first.points.map(({ at }, index) => {
    const cells = series.map(({ points }) => {
      const { cpuUs, errors } = points[index]!;
      return `${time(cpuUs.median)}${errors === 0 ? "" : `, **${count(errors)} errors**`}`;
    });
    const [yardstick, own] = series.map(({ points }) => points[index]!.cpuUs.median);
    return [
      count(at),
      ...cells,
      own === undefined ? ratio(yardstick! / first.points[0]!.cpuUs.median) : ratio(own / yardstick!),
    ];
  });
  const last = series.length === 1 ? "× the first" : `× ${first.name}`;
  const head = [unit, ...series.map(({ name }) => name), last];
  return [`### ${title}`, table(head, rows), picture(title, id)].join("\n\n");
}

function figuresPart({ title, figures }: FiguresResult): string {
  const rows = figures.map((figure) => [figure.name, shown(figure), count(figure.errors)]);
  return [`### ${title}`, table(["", "measured", "errors"], rows)].join("\n\n");
}

function shown({ value, unit }: Figure): string {
  if (unit === "us") return time(value);
  if (unit === "ms") return time(value * 1000);
  if (unit === "MiB") return memory(value);
  if (unit === "count") return count(value);
  return `${Number(value.toPrecision(3))} ${unit}`;
}
