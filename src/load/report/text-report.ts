/** The report of a run for a terminal. */
import type { BenchResult } from "../result.ts";
import { concernsOf, type Facts, factsOf } from "./head.ts";
import { plainText } from "./safe-text.ts";
import type { Table } from "./table.ts";
import { tablesOf } from "./tables.ts";
import { type Paint, textTable, wrapped } from "./text-table.ts";

/** Facts, tables, and last what spoils the run; ends with a newline. */
export function textReport(result: BenchResult, paint: Paint): string {
  return textDocument(factsOf(result), tablesOf(result), concernsOf(result), paint);
}

/** The same for any facts, tables and concerns. */
export function textDocument(
  facts: Facts,
  tables: readonly Table[],
  concerns: readonly string[],
  paint: Paint,
): string {
  const parts = [
    factLines(facts, paint).join("\n"),
    ...tables.map((table) => textTable(table, paint)),
    ...(concerns.length === 0 ? [] : [concernLines(concerns, paint).join("\n")]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function factLines(facts: Facts, paint: Paint): string[] {
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  return facts.flatMap(([label, text]) => {
    const [first = "", ...rest] = wrapped(text, " ".repeat(width));
    return [`${paint("dim", plainText(label).padEnd(width))}${first.slice(width)}`, ...rest];
  });
}

function concernLines(concerns: readonly string[], paint: Paint): string[] {
  const lines = concerns.flatMap((concern) =>
    wrapped(concern, "    ").map((line, at) => (at === 0 ? `  - ${line.slice(4)}` : line)),
  );
  return [paint("bold", "Mind"), ...lines.map((line) => paint("yellow", line))];
}
