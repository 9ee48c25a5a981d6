/** Names of series beside a sample of their line, in as many rows as they need. */
import { colourCount, fontSize } from "./style.ts";
import { element, line, pathOf, text } from "./svg.ts";
import { fitted, textWidth } from "./text-width.ts";

const sampleWidth = 28;
const gap = 8;
const betweenEntries = 18;
/** Height of a row of a legend. */
export const rowHeight = 20;

/** Where a name stands: its box, from the legend's upper left corner. */
export interface LegendEntry {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Places names from left to right and from row to row; no two overlap, and none passes `width`. */
export function layOutLegend(names: readonly string[], width: number): readonly LegendEntry[] {
  const entries: LegendEntry[] = [];
  let [x, row] = [0, 0];
  for (const full of names) {
    const name = fitted(full, width - sampleWidth - gap);
    const needed = sampleWidth + gap + textWidth(name);
    if (x > 0 && x + needed > width) [x, row] = [0, row + 1];
    entries.push({ name, x, y: row * rowHeight, width: needed });
    x += needed + betweenEntries;
  }
  return entries;
}

/** Height of a legend; 0 without entries. */
export function legendHeight(entries: readonly LegendEntry[]): number {
  return entries.length === 0 ? 0 : entries.at(-1)!.y + rowHeight;
}

/** The legend with its upper left corner at a place. */
export function drawLegend(entries: readonly LegendEntry[], left: number, top: number): string {
  return entries.map((entry, index) => drawEntry(entry, index, left + entry.x, top + entry.y)).join("\n");
}

function drawEntry({ name }: LegendEntry, index: number, x: number, y: number): string {
  const middle = y + rowHeight / 2;
  return [
    line(lineClass(index), x, middle, x + sampleWidth, middle),
    mark(index, x + sampleWidth / 2, middle),
    text({ x: x + sampleWidth + gap, y: middle + fontSize / 3 }, name),
  ].join("");
}

/** The look of the line of a series, by its number. */
export function lineClass(index: number): string {
  return `line s${index % colourCount} d${index % 4}`;
}

/** Square, triangle, diamond and triangle upside down, from their middle; before them comes a disc. */
const shapes = ["m-3.5-3.5h7v7h-7z", "m0-4.2l4.2 7.7h-8.4z", "m0-4.9l4.9 4.9-4.9 4.9-4.9-4.9z", "m0 4.2l4.2-7.7h-8.4z"];

/** The mark of a series, by its number. `content` may be a title. */
export function mark(index: number, x: number, y: number, content = ""): string {
  const look = { class: `m${index % colourCount}` };
  const shape = shapes[(index % (shapes.length + 1)) - 1];
  if (shape === undefined) return element("circle", { ...look, cx: x, cy: y, r: 3.5 }, content);
  return element("path", { ...look, d: `${pathOf([[x, y]])}${shape}` }, content);
}
