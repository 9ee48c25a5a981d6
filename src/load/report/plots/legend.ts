/** Names of series beside a sample of their line, in as many rows as they need. */
import { colourCount, fontSize } from "./style.ts";
import { element, pathOf, text } from "./svg.ts";
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
    element("path", {
      class: lineClass(index),
      d: pathOf([
        [x, middle],
        [x + sampleWidth, middle],
      ]),
    }),
    mark(index, x + sampleWidth / 2, middle),
    text({ x: x + sampleWidth + gap, y: middle + fontSize / 3 }, name),
  ].join("");
}

/** The look of the line of a series, by its number. */
export function lineClass(index: number): string {
  return `line s${index % colourCount} d${index % 4}`;
}

const half = 3.5;

/** The mark of a series: disc, square, triangle, diamond, and on. `content` may be a title. */
export function mark(index: number, x: number, y: number, content = ""): string {
  const look = { class: `m${index % colourCount}` };
  const corners: readonly (readonly [x: number, y: number])[][] = [
    [],
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ],
    [
      [0, -1.2],
      [1.2, 1],
      [-1.2, 1],
    ],
    [
      [0, -1.4],
      [1.4, 0],
      [0, 1.4],
      [-1.4, 0],
    ],
    [
      [0, 1.2],
      [1.2, -1],
      [-1.2, -1],
    ],
  ];
  const shape = corners[index % corners.length]!.map(([dx, dy]) => [x + dx * half, y + dy * half] as const);
  if (shape.length === 0) return element("circle", { ...look, cx: x, cy: y, r: half }, content);
  return element("path", { ...look, d: `${pathOf(shape)}Z` }, content);
}
