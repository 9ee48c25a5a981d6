/** Bars from zero, one below the other, each with its name and its figure in words. */
import { linearScale, type Scale } from "./scale.ts";
import { fontSize } from "./style.ts";
import { type Drawing, element, line, text } from "./svg.ts";
import { fitted, textWidth } from "./text-width.ts";

export interface Bar {
  readonly name: string;
  /** Null where there is no figure; `note` says why. */
  readonly value: number | null;
  /** The least and the most of several measurements. */
  readonly spread?: readonly [low: number, high: number];
  /** Beside the figure: `12 errors`. */
  readonly note?: string;
  /** Drawn in the first colour, the others in grey; without any, all are. */
  readonly emphasised?: boolean;
}

export interface BarPlot {
  readonly title: string;
  /** What it shows, in a sentence or two, for whoever cannot see it. */
  readonly description: string;
  /** What is measured, with its unit where `format` gives none. */
  readonly label: string;
  readonly format: (value: number) => string;
  readonly bars: readonly Bar[];
  /** A line across all bars, such as a limit. */
  readonly goal?: { readonly value: number; readonly name: string };
}

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly scale: Scale;
}

const titleHeight = 50;
const barHeight = 18;
const rowHeight = 28;

/** Draws a plot of a width in pixels, from 280 on. */
export function drawBarPlot(plot: BarPlot, width = 720): Drawing {
  const { title, description, bars, goal } = plot;
  const area = areaOf(plot, width);
  const bottom = area.top + bars.length * rowHeight;
  const body = [
    text({ class: "title", x: 4, y: 18 }, fitted(title, width / 1.2)),
    text({ class: "quiet", x: 4, y: 38 }, fitted(plot.label, width - 8)),
    ...bars.flatMap((bar, index) => drawBar(bar, area.top + index * rowHeight, plot, area)),
    line("axis", area.left, area.top, area.left, bottom),
    ...(goal === undefined ? [] : drawGoal(goal, bottom, area)),
  ];
  return { width, height: bottom + (goal === undefined ? 10 : 28), title, description, body: body.join("\n") };
}

function areaOf({ bars, format, goal }: BarPlot, width: number): Area {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(textWidth));
  const names = Math.min(width * 0.4, widest(bars.map(({ name }) => name)));
  const figures = Math.min(width * 0.35, widest(bars.map((bar) => figureOf(bar, format))));
  const values = bars.flatMap(({ value, spread }) => [...(value === null ? [] : [value]), ...(spread ?? [])]);
  // Figures stand beside the bars, so the axis has no ticks, and ends close to the longest bar.
  const scale = linearScale([...values, ...(goal === undefined ? [] : [goal.value])], 100);
  return { left: 4 + names + 10, right: width - figures - 14, top: titleHeight, scale };
}

function drawBar(bar: Bar, top: number, { bars, format }: BarPlot, area: Area): string[] {
  const { name, value, spread, emphasised = false } = bar;
  const { left, right, scale } = area;
  const at = (number: number): number => left + (scale.place(number) ?? 0) * (right - left);
  const baseline = top + rowHeight / 2 + fontSize / 3;
  const look = emphasised || !bars.some((one) => one.emphasised === true) ? "m0" : "other";
  const end = Math.max(at(value ?? 0), ...(spread ?? []).map(at));
  return [
    text({ class: "end", x: left - 8, y: baseline }, fitted(name, left - 12)),
    element("rect", {
      class: look,
      x: left,
      y: top + (rowHeight - barHeight) / 2,
      width: at(value ?? 0) - left,
      height: barHeight,
    }),
    ...(spread === undefined ? [] : [drawWhisker(at(spread[0]), at(spread[1]), top + rowHeight / 2)]),
    text({ x: end + 8, y: baseline }, figureOf(bar, format)),
  ];
}

function drawWhisker(low: number, high: number, middle: number): string {
  const shape = (look: string): string[] => [
    line(look, low, middle, high, middle),
    ...[low, high].map((x) => line(look, x, middle - 4, x, middle + 4)),
  ];
  return [...shape("halo"), ...shape("whisker")].join("");
}

function drawGoal(
  { value, name }: NonNullable<BarPlot["goal"]>,
  bottom: number,
  { left, right, top, scale }: Area,
): string[] {
  const x = left + (scale.place(value) ?? 1) * (right - left);
  const half = textWidth(name) / 2;
  return [
    line("goal", x, top - 4, x, bottom + 6),
    text({ class: "quiet middle", x: Math.max(half + 4, x), y: bottom + 20 }, name),
  ];
}

function figureOf({ value, note }: Bar, format: BarPlot["format"]): string {
  const figure = value === null ? [] : [format(value)];
  return [...figure, ...(note === undefined ? [] : [note])].join(", ");
}
