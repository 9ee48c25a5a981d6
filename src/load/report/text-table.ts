/** Tables for a terminal: aligned, at most 100 columns wide. */
import { clipped, plainText } from "./safe-text.ts";
import type { Column, Row, Table, Tone } from "./table.ts";

/** How a report may be coloured; on a pipe it returns its text. */
export type Paint = (style: "bold" | "dim" | "green" | "red" | "yellow", text: string) => string;

/** Most characters of a line. */
export const lineWidth = 100;

const between = 2;
const leftMost = 8;
const styles = { bad: "red", unsure: "yellow", good: "green" } as const satisfies Record<Tone, string>;

/** Title, what it is about, heads, rows with their notes below; without a last newline. */
export function textTable({ title, about, columns, rows }: Table, paint: Paint): string {
  const widths = widthsOf(columns, rows);
  const heads = paint(
    "dim",
    lineOf(
      columns.map((column) => column.title),
      columns,
      widths,
    ),
  );
  const body = rows.flatMap((row) => rowLines(row, columns, widths, paint));
  return [
    paint("bold", clipped(plainText(title), lineWidth)),
    ...wrapped(about, "  ").map((line) => paint("dim", line)),
    heads,
    ...body,
  ].join("\n");
}

/** Text on as many lines as it needs, each with an indent; a word that is longer than a line goes on in the next. */
export function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  const room = lineWidth - indent.length;
  const words = plainText(text)
    .split(" ")
    .flatMap((word) => word.match(new RegExp(`.{1,${room}}`, "gu")) ?? [""]);
  for (const word of words) {
    const longer = lines.length === 0 ? `${indent}${word}` : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && [...longer].length <= lineWidth) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

function rowLines(
  { cells, notes = [], tone }: Row,
  columns: readonly Column[],
  widths: readonly number[],
  paint: Paint,
): string[] {
  const colour = (line: string): string => (tone === undefined ? line : paint(styles[tone], line));
  return [lineOf(cells, columns, widths), ...notes.flatMap((note) => wrapped(note, "      "))].map(colour);
}

/** Width of each column; names give way where a line would be too long. */
function widthsOf(columns: readonly Column[], rows: readonly Row[]): number[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => [...plainText(cells[index] ?? "")].length)),
  );
  const total = (): number => 2 + widths.reduce((sum, width) => sum + width + between, -between);
  const names = columns.flatMap(({ align }, index) => (align === "left" ? [index] : []));
  while (total() > lineWidth && names.some((index) => widths[index]! > leftMost)) {
    const longest = names.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[longest]!--;
  }
  return widths;
}

function lineOf(cells: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const padded = cells.map((cell, index) => {
    const text = clipped(plainText(cell), widths[index]!);
    const space = " ".repeat(Math.max(0, widths[index]! - [...text].length));
    return columns[index]!.align === "left" ? text + space : space + text;
  });
  return `  ${padded.join(" ".repeat(between))}`.trimEnd();
}
