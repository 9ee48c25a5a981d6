/** Lines over two axes. */

import { markupText } from "../safe-text.ts";
import { drawLegend, layOutLegend, legendHeight, lineClass, mark } from "./legend.ts";
import { type Scale, type ScaleKind, scaleOf } from "./scale.ts";
import { fontSize } from "./style.ts";
import { type Drawing, element, line, pathOf, text } from "./svg.ts";
import { fitted, textWidth } from "./text-width.ts";

export interface Axis {
  /** What is measured, with its unit where `format` gives none. */
  readonly label: string;
  readonly scale: ScaleKind;
  readonly format: (value: number) => string;
}

/** One line. Where `y` is null, or one of both is off its axis, the line is broken. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
}

export interface LinePlot {
  readonly title: string;
  /** What it shows, in a sentence or two, for whoever cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Where the axes lie, in pixels. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

const plotHeight = 260;
const titleHeight = 28;
const marksMost = 12;

/** Draws a plot of a width in pixels, from 280 on. */
export function drawLinePlot(plot: LinePlot, width = 720): Drawing {
  const legend = layOutLegend(
    plot.series.map(({ name }) => name),
    width - 8,
  );
  const top = titleHeight + legendHeight(legend) + 30;
  const area = areaOf(plot, width, top);
  const body = [
    text({ class: "title", x: 4, y: 18 }, fitted(plot.title, width / 1.2)),
    drawLegend(legend, 4, titleHeight),
    ...yAxis(plot.y, area),
    ...xAxis(plot.x, area),
    ...plot.series.map((series, index) => drawSeries(series, index, plot, area)),
  ];
  const { title, description } = plot;
  return { width, height: area.bottom + 46, title, description, body: body.filter((part) => part !== "").join("\n") };
}

function areaOf({ x, y, series }: LinePlot, width: number, top: number): Area {
  const points = series.flatMap((one) => one.points);
  const yScale = scaleOf(
    y.scale,
    points.flatMap(([, value]) => value ?? []),
    6,
  );
  const left = Math.max(...yScale.ticks.map((tick) => textWidth(y.format(tick)))) + 14;
  const right = width - 16;
  const xValues = points.map(([value]) => value);
  const widest = Math.max(...scaleOf(x.scale, xValues, 6).ticks.map((tick) => textWidth(x.format(tick))));
  const xScale = scaleOf(x.scale, xValues, Math.max(2, Math.min(10, Math.floor((right - left) / (widest + 16)))));
  return { left, top, right, bottom: top + plotHeight, x: xScale, y: yScale };
}

function yAxis({ label, format }: Axis, { left, right, top, bottom, y }: Area): string[] {
  const ticks = y.ticks.map((tick) => {
    const at = bottom - y.place(tick)! * (bottom - top);
    return (
      line("rule", left, at, right, at) + text({ class: "quiet end", x: left - 6, y: at + fontSize / 3 }, format(tick))
    );
  });
  return [text({ class: "quiet", x: 4, y: top - 15 }, fitted(label, right)), ...ticks];
}

function xAxis({ label, format }: Axis, { left, right, bottom, x }: Area): string[] {
  let free = Number.NEGATIVE_INFINITY;
  const ticks = x.ticks.map((tick) => {
    const at = left + x.place(tick)! * (right - left);
    const stroke = line("axis", at, bottom, at, bottom + 4);
    const half = textWidth(format(tick)) / 2;
    const middle = Math.min(at, right + 14 - half);
    if (middle - half < free) return stroke; // its name would lie on the one before
    free = middle + half + 4;
    return stroke + text({ class: "quiet middle", x: middle, y: bottom + 18 }, format(tick));
  });
  const axis = line("axis", left, bottom, right, bottom);
  return [axis, ...ticks, text({ class: "quiet end", x: right + 12, y: bottom + 38 }, fitted(label, right))];
}

/** One point on the paper with what it stands for. */
type Spot = readonly [x: number, y: number, values: readonly [x: number, y: number]];

function drawSeries({ name, points }: Series, index: number, plot: LinePlot, area: Area): string {
  const runs = runsOf(points, area);
  const lines = runs.filter((run) => run.length > 1).map((run) => pathOf(run.map(([x, y]) => [x, y] as const)));
  const spots = runs.flat();
  const every = Math.ceil(spots.length / marksMost);
  const lonely = new Set(runs.filter((run) => run.length === 1).flat());
  const marks = spots
    .filter((spot, at) => lonely.has(spot) || at % every === 0)
    .map(([x, y, [valueX, valueY]]) => {
      const told = `${name}: ${plot.x.format(valueX)}, ${plot.y.format(valueY)}`;
      return mark(index, x, y, element("title", {}, markupText(told)));
    });
  const path = lines.length === 0 ? "" : element("path", { class: lineClass(index), d: lines.join("") });
  return `${path}${marks.join("")}`;
}

/** The points as unbroken runs. */
function runsOf(points: Series["points"], { left, right, top, bottom, x, y }: Area): Spot[][] {
  const runs: Spot[][] = [[]];
  for (const [valueX, valueY] of points) {
    const [placeX, placeY] = [x.place(valueX), valueY === null ? null : y.place(valueY)];
    if (placeX === null || placeY === null) runs.push([]);
    else runs.at(-1)!.push([left + placeX * (right - left), bottom - placeY * (bottom - top), [valueX, valueY!]]);
  }
  return runs.filter((run) => run.length > 0);
}
