/** The tables and facts of a comparison of two runs. */
import type { Change, RatioChange, RunComparison, TargetChange } from "../compare-runs.ts";
import { unansweredShare } from "../figures.ts";
import { ratio, share, time, timeDifference } from "./format.ts";
import { type Facts, machineOf } from "./head.ts";
import { columns, foldNotes, type Row, type Table } from "./table.ts";
import { gateTable, unsure } from "./tables.ts";

/** All that have something to say, in the order of reading. */
export function comparisonTablesOf({ differences, targets, ratios, gates }: RunComparison): readonly Table[] {
  return [
    ...(differences.length === 0 ? [] : [differenceTable(differences)]),
    ...(targets.length === 0 ? [] : [changeTable(targets), answerTable(targets)]),
    ...(ratios.length === 0 ? [] : [ratioTable(ratios)]),
    ...(gates.length === 0 ? [] : [gateTable(gates)]),
  ];
}

function differenceTable(differences: RunComparison["differences"]): Table {
  return {
    title: "What differs between the runs",
    about: "What is marked forbids to compare times and CPU of one run with those of the other.",
    columns: columns(["what", "before", "after"], []),
    rows: differences.map(({ what, before, after, meaning, comparable }): Row => {
      const row = { cells: [what, before, after] };
      return comparable
        ? { ...row, notes: [meaning] }
        : { ...row, notes: [`not comparable: ${meaning}`], tone: "unsure" };
    }),
  };
}

function changeTable(targets: readonly TargetChange[]): Table {
  return {
    title: "What changed",
    about:
      "Values are medians over the legs; differences and ratios are of their means, with intervals of 95% confidence. " +
      "These know the spread within each run, not what changed on the machine between both: measure what is close in one run, in pairs.",
    columns: columns(["target", "figure"], ["before", "after", "difference", "ratio"]),
    rows: foldNotes(targets.flatMap(({ changes }) => changes.map(changeRow))),
  };
}

function changeRow(change: Change): Row {
  const { candidate, figure, beforeUs, afterUs, inconclusive } = change;
  const difference = timeDifference(change.differenceUs, change.differenceIntervalUs);
  const quotient = ratio(change.ratio, change.ratioInterval);
  const cells = [candidate, figure, time(beforeUs), time(afterUs), difference, quotient];
  return inconclusive === null ? { cells } : { cells, ...unsure(inconclusive) };
}

function answerTable(targets: readonly TargetChange[]): Table {
  return {
    title: "Requests without a right answer",
    about: "Errors, and requests that could not be sent; share of those that were due.",
    columns: columns(["target"], ["before", "after"]),
    rows: targets.map(({ name, before, after }): Row => {
      const [left, right] = [unansweredShare(before.total), unansweredShare(after.total)];
      const cells = [name, share(left), share(right)];
      return right > left ? { cells, tone: "bad" } : { cells };
    }),
  };
}

function ratioTable(ratios: readonly RatioChange[]): Table {
  return {
    title: "Against the baseline of each run",
    about: "Measured in pairs within a run, so these may be compared where machines differ.",
    columns: columns(["target", "baseline", "figure"], ["before", "after"]),
    rows: foldNotes(
      ratios.map(({ candidate, baseline, figure, before, after, inconclusive }): Row => {
        const cells = [
          candidate,
          baseline,
          figure,
          ...[before, after].map((one) => ratio(one.ratio, one.ratioInterval)),
        ];
        return inconclusive === null ? { cells } : { cells, ...unsure(inconclusive) };
      }),
    ),
  };
}

/** When, where and how both runs were made. */
export function comparisonFactsOf({ before, after }: RunComparison): Facts {
  const facts = ({ startedAt, command, machine, settings }: RunComparison["before"], run: string): Facts => [
    [run, `${startedAt.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC")}: ${settings.traffic}`],
    ["", command],
    ["", machineOf(machine)],
  ];
  return [...facts(before, "before"), ...facts(after, "after")];
}

/** What a reader must mind: targets without a counterpart, and why nothing may be concluded. */
export function comparisonConcernsOf({ onlyBefore, onlyAfter, targets }: RunComparison): readonly string[] {
  const reasons = targets.flatMap(({ name, changes }) =>
    changes.flatMap(({ inconclusive }) =>
      inconclusive === null ? [] : [`${name}: nothing may be concluded: ${inconclusive}`],
    ),
  );
  return [
    ...onlyBefore.map((name) => `${name}: only the run before has it`),
    ...onlyAfter.map((name) => `${name}: only the run after has it`),
    ...new Set(reasons),
  ];
}
