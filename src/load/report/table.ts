/** A table as data: the terminal and the page show the same figures. */

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

export interface Row {
  readonly cells: readonly string[];
  /** Said below the row: what kinds of errors, why nothing may be concluded. */
  readonly notes?: readonly string[];
  readonly tone?: Tone;
}

/** How a row or a line is meant. */
export type Tone = "bad" | "unsure" | "good";

export interface Table {
  readonly title: string;
  /** What the figures are, in a sentence. */
  readonly about: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The rows with a note that several in a row share said once, below the last of them. */
export function foldNotes(rows: readonly Row[]): readonly Row[] {
  const said = (row: Row | undefined): string => (row?.notes ?? []).join("\n");
  return rows.map((row, at) => (said(row) !== "" && said(row) === said(rows[at + 1]) ? { ...row, notes: [] } : row));
}

/** Columns by their titles; names stand left, figures right. */
export function columns(left: readonly string[], right: readonly string[]): readonly Column[] {
  const column = (align: Column["align"]) => (title: string) => ({ title, align });
  return [...left.map(column("left")), ...right.map(column("right"))];
}
