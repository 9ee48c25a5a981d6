/** The tables of a run. */
import { cpuDoubt, errorTotal, latencyAt, type Stretch, unanswered } from "../figures.ts";
import type { BenchResult, Comparison, Gate, TargetResult } from "../result.ts";
import { count, memory, percentileName, ratio, share, time, timeDifference } from "./format.ts";
import { columns, foldNotes, type Row, type Table, type Tone } from "./table.ts";

const shownPercentiles = [50, 90, 99, 99.9] as const;
const none = "–";

/** All tables of a run that have something to say, in the order of reading. */
export function tablesOf({ targets, comparisons, gates }: BenchResult): readonly Table[] {
  const withComparisons = comparisons.length === 0 ? [] : [comparisonTable(comparisons)];
  const withGates = gates.length === 0 ? [] : [gateTable(gates)];
  return [latencyTable(targets), costTable(targets), generatorTable(targets), ...withComparisons, ...withGates];
}

/** Latencies with the right answers a second, and what went wrong beside them. */
export function latencyTable(targets: readonly TargetResult[]): Table {
  return {
    title: "Latency",
    about: "From the intended start of a request to the end of its answer; of right answers only.",
    columns: columns(["target"], [...shownPercentiles.map(percentileName), "max", "requests/s", "errors", "time-outs"]),
    rows: targets.map(latencyRow),
  };
}

function latencyRow({ name, total }: TargetResult): Row {
  const { latency, errors, requests, seconds, generator, answered = latency.count } = total;
  const failed = errorTotal(errors);
  const percentiles = shownPercentiles.map((percentile) => measured(latencyAt(latency, percentile), time));
  const cells = [
    name,
    ...percentiles,
    measured(latency.count === 0 ? null : latency.maxUs, time),
    count(seconds === 0 ? 0 : answered / seconds),
    failed === 0 ? "0" : `${count(failed)} (${share(failed / requests)})`,
    count(errors.timeout),
  ];
  return failed + generator.unsent === 0 ? { cells } : { cells, notes: [unanswered(total)], tone: "bad" };
}

/** What the processes of a target used. */
export function costTable(targets: readonly TargetResult[]): Table {
  return {
    title: "Cost",
    about: "CPU, user and system, of all processes of a target; resident memory at its highest.",
    columns: columns(["target"], ["CPU/request", "per leg", "cores", "memory", "requests", "connections"]),
    rows: targets.map(costRow),
  };
}

function costRow(target: TargetResult): Row {
  const cells = [target.name, ...costCells(target.legs, target.total)];
  const doubt = target.legs.some(({ cost }) => cost !== null) ? cpuDoubt(target) : null;
  return doubt === null ? { cells } : { cells, ...unsure(doubt) };
}

function costCells(legs: readonly Stretch[], { cost, requests, connects }: Stretch): readonly string[] {
  const cpu = legs.flatMap((leg) => (leg.cost === null ? [] : [leg.cost.cpuUsPerRequest]));
  const spread = cpu.length === 0 ? none : `${time(Math.min(...cpu))} to ${time(Math.max(...cpu))}`;
  const counts = [count(requests), count(connects)];
  if (cost === null) return [none, spread, none, none, ...counts];
  return [time(cost.cpuUsPerRequest), spread, cost.cores.toFixed(2), memory(cost.memoryMiB), ...counts];
}

/** What the harness itself took, so that its share can be judged. */
export function generatorTable(targets: readonly TargetResult[]): Table {
  return {
    title: "Generator",
    about: "The harness itself: how late it sent requests is part of every latency.",
    columns: columns(["target"], ["CPU/request", "loop busy", "lag p50", "lag p99", "not sent"]),
    rows: targets.map(({ name, total: { generator } }) => {
      const { cpuUsPerRequest, loopBusy, lagP50Us, lagP99Us, unsent, bottleneck } = generator;
      const cells = [name, time(cpuUsPerRequest), share(loopBusy), time(lagP50Us), time(lagP99Us), count(unsent)];
      return bottleneck === null ? { cells } : { cells, ...unsure(bottleneck) };
    }),
  };
}

/** Each target against the first one. */
export function comparisonTable(comparisons: readonly Comparison[]): Table {
  return {
    title: `Against ${comparisons[0]!.baseline}`,
    about: `Values are medians over ${pairsOf(comparisons)}; differences and ratios are means over them, with intervals of ${share(comparisons[0]!.confidence)} confidence. Where both disagree, a single pair stands out.`,
    columns: columns(["target", "figure"], ["baseline", "target", "difference", "ratio"]),
    rows: foldNotes(
      comparisons.map((one): Row => {
        const difference = timeDifference(one.differenceUs, one.differenceIntervalUs);
        const values = [time(one.baselineUs), time(one.candidateUs), difference, ratio(one.ratio, one.ratioInterval)];
        const cells = [one.candidate, one.figure, ...values];
        return one.inconclusive === null ? { cells } : { cells, ...unsure(one.inconclusive) };
      }),
    ),
  };
}

function pairsOf(comparisons: readonly Comparison[]): string {
  const pairs = Math.min(...comparisons.map((one) => one.pairs));
  return `${count(pairs)} ${pairs === 1 ? "pair" : "pairs"}`;
}

const tones: Readonly<Record<Gate["verdict"], Tone>> = { passed: "good", failed: "bad", refused: "unsure" };

/** What the run was held to. */
export function gateTable(gates: readonly Gate[]): Table {
  return {
    title: "Gates",
    about: "A gate that is refused is no pass: nothing may be concluded.",
    columns: columns(["verdict", "gate", "target"], []),
    rows: gates.map(({ verdict, text, target, reason }) => ({
      cells: [verdict, text, target],
      notes: [reason],
      tone: tones[verdict],
    })),
  };
}

/** What marks a row of which nothing may be concluded. */
export function unsure(why: string): Pick<Row, "notes" | "tone"> {
  return { notes: [`nothing may be concluded: ${why}`], tone: "unsure" };
}

/** A figure, or a dash where there is none. */
export function measured(value: number | null, shown: (value: number) => string): string {
  return value === null ? none : shown(value);
}
