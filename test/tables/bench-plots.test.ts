import t from "tap";
import { drawBarPlot } from "../../src/load/report/plots/bar-plot.ts";
import { layOutLegend, legendHeight, rowHeight } from "../../src/load/report/plots/legend.ts";
import { drawLinePlot, type LinePlot, type Series } from "../../src/load/report/plots/line-plot.ts";
import { linearScale, logScale, percentileScale, type Scale } from "../../src/load/report/plots/scale.ts";
import { inlineSvg, svgFile } from "../../src/load/report/plots/svg.ts";
import { fitted, textWidth } from "../../src/load/report/plots/text-width.ts";
import { clipped } from "../../src/load/report/safe-text.ts";
import { hostile } from "../support/bench-results.ts";
import { randomNumbers } from "../support/bench-targets.ts";
import { markupProblem } from "../support/markup.ts";

const ticks: ReadonlyArray<readonly [rule: string, scale: Scale, want: readonly number[]]> = [
  ["from zero to a round number", linearScale([3, 97.5], 5), [0, 20, 40, 60, 80, 100]],
  ["fractions are exact", linearScale([0.25], 3), [0, 0.1, 0.2, 0.3]],
  ["a value at a tick is the end", linearScale([10.5, 100], 5), [0, 20, 40, 60, 80, 100]],
  ["whole numbers have whole ticks", linearScale([2, 3], 10), [0, 1, 2, 3]],
  ["nothing", linearScale([], 5), [0, 1]],
  ["zeros", linearScale([0, 0], 5), [0, 1]],
  ["less than a power of ten", logScale([210, 480], 6), [200, 250, 300, 400, 500]],
  ["1, 2 and 5", logScale([210, 4800], 6), [200, 500, 1000, 2000, 5000]],
  ["powers of ten alone", logScale([1, 100_000], 6), [1, 10, 100, 1000, 10_000, 100_000]],
  ["every second of them", logScale([1, 1e8], 5), [1, 100, 10_000, 1e6, 1e8]],
  ["one value", logScale([100], 6), [100, 120]],
  ["below one", logScale([0.001, 0.9], 4), [0.001, 0.01, 0.1, 1]],
  ["only what a logarithm has", logScale([0, -5, 3, 400], 8), [2, 5, 10, 20, 50, 100, 200, 500]],
  ["no value at all", logScale([], 6), [1, 2, 5, 10]],
  ["percentiles to the one that is known", percentileScale([0, 50, 99.5, 100]), [0, 50, 90, 99]],
  ["percentiles have an end", percentileScale([99.99999]), [0, 50, 90, 99, 99.9, 99.99, 99.999]],
];
for (const [rule, scale, want] of ticks) {
  t.same(scale.ticks, want, rule);
  t.ok(
    scale.ticks.every((tick) => scale.place(tick) !== null),
    `${rule}: all ticks are on the axis`,
  );
}

const places: ReadonlyArray<readonly [rule: string, scale: Scale, value: number, want: number | null]> = [
  ["the middle", linearScale([100], 5), 50, 0.5],
  ["over the end", linearScale([100], 5), 101, null],
  ["below zero", linearScale([100], 5), -1, null],
  ["a decade of two", logScale([1, 100], 5), 10, 0.5],
  ["zero has no logarithm", logScale([1, 100], 5), 0, null],
  ["a nine of three", percentileScale([99.9]), 90, 1 / 3],
  ["the highest is the end", percentileScale([50, 99.95, 100]), 99.95, 1],
  ["99 is drawn at least", percentileScale([50]), 99, 1],
  ["100 is nowhere", percentileScale([99.9]), 100, null],
];
for (const [rule, scale, value, want] of places) {
  const place = scale.place(value);
  t.equal(place === null ? null : Number(place.toFixed(9)), want === null ? null : Number(want.toFixed(9)), rule);
}

const many = Array.from({ length: 300_000 }, (_, index) => (index % 90) + 1);
t.same(linearScale(many, 3).ticks, [0, 50, 100], "as many values as there may be");
t.same([logScale(many, 9).ticks.at(-1), percentileScale(many).ticks], [100, [0, 50, 90, 99]], "on every kind of axis");

// Every value that made an axis has to lie on it, whatever the values are.
const seed = Number(process.env.SEED ?? 20_260_301);
const random = randomNumbers(seed);
t.comment(`SEED=${seed}`);
const lost = Array.from({ length: 2000 }, () => {
  const values = Array.from({ length: 1 + Math.floor(random() * 5) }, () => 10 ** (random() * 14 - 5));
  const scales = [linearScale(values, 6), logScale(values, 6)];
  const crowded = scales.some((scale) => scale.ticks.length > 14 || scale.ticks.length < 2);
  return crowded || values.some((value) => scales.some((scale) => scale.place(value) === null)) ? values : [];
});
t.same(lost.flat(), [], "every value is on its own axis, and ticks are few");

const names = (length: number): string[] =>
  Array.from({ length }, () => "W".repeat(1 + Math.floor(random() * 40)) + (random() < 0.1 ? hostile : ""));
for (const width of [336, 712]) {
  const entries = layOutLegend(names(40), width);
  const clashes = entries.flatMap((a, i) =>
    entries.slice(i + 1).filter((b) => a.y === b.y && a.x < b.x + b.width && b.x < a.x + a.width),
  );
  t.same(clashes, [], `no two names of a legend overlap at ${width}`);
  t.ok(
    entries.every(({ x, width: own }) => x >= 0 && x + own <= width),
    `none leaves it at ${width}`,
  );
  t.equal(legendHeight(entries), entries.at(-1)!.y + rowHeight, "its height holds all rows");
}
t.equal(legendHeight(layOutLegend([], 300)), 0, "no names, no room");
t.ok(textWidth(fitted("W".repeat(90), 100)) <= 100, "a long name is cut to its room");
t.equal(fitted("short", 100), "short", "a short one stays");
const longestFit = (text: string, width: number): string => {
  let most = [...text].length;
  while (most > 1 && textWidth(clipped(text, most)) > width) most--;
  return clipped(text, most);
};
const unfit = names(300).filter((name) =>
  [0, 5, 60, 200].some((width) => fitted(name, width) !== longestFit(name, width)),
);
t.same(unfit, [], "as much as fits is kept");
t.equal(fitted("W".repeat(3_000_000), 100).length, fitted("W".repeat(90), 100).length, "however long it was");

const plotOf = (series: readonly Series[], changes: Partial<LinePlot> = {}): LinePlot => ({
  title: "A plot",
  description: "What it shows.",
  x: { label: "x", scale: "linear", format: String },
  y: { label: "y", scale: "linear", format: String },
  series,
  ...changes,
});
const pathsOf = (series: readonly Series[]): string[] =>
  Array.from(drawLinePlot(plotOf(series)).body.matchAll(/<path class="line s0 d0" d="([^"]*)"/g), ([, d]) => d!);
t.match(
  pathsOf([
    {
      name: "a",
      points: [
        [0, 1],
        [1, 2],
        [2, null],
        [3, 1],
        [4, 2],
      ],
    },
  ]),
  [/^M[^M]*M[^M]*$/],
  "a gap breaks a line",
);
t.same(pathsOf([{ name: "a", points: [[0, 1]] }]), [], "a single point is no line");
t.match(drawLinePlot(plotOf([{ name: "a", points: [[0, 1]] }])).body, /<title>a: 0, 1<\/title>/, "but a mark");
t.match(drawLinePlot(plotOf([])).body, /class="axis"/, "without series there are axes");

const wild = drawLinePlot(
  plotOf(
    [
      {
        name: hostile,
        points: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
    { title: hostile, description: hostile, x: { label: hostile, scale: "log", format: () => hostile } },
  ),
);
const bars = drawBarPlot({
  title: hostile,
  description: hostile,
  label: hostile,
  format: () => hostile,
  bars: [
    { name: hostile, value: 3, spread: [2, 4], note: hostile },
    { name: hostile, value: null },
  ],
  goal: { value: 9, name: hostile },
});
for (const [name, drawing] of Object.entries({ wild, bars })) {
  t.equal(markupProblem(svgFile(drawing)), null, `${name}: a well-formed file, whatever the names are`);
  t.notMatch(
    svgFile(drawing),
    /<(?:script|img|foreignObject|a|image|use)\b|href|url\(|\u001b/i,
    `${name}: nothing that runs or loads`,
  );
  t.match(
    inlineSvg(drawing, "p1"),
    /^<svg class="plot" viewBox="0 0 720 \d+" role="img" aria-labelledby="p1-title p1-description">/,
    `${name}: named`,
  );
  t.notMatch(inlineSvg(drawing, "p1"), /NaN|Infinity|undefined/, `${name}: every number is one`);
}
t.match(svgFile(bars), /class="m0" x="[\d.]+" y="[\d.]+" width="[\d.]+"/, "the bar is drawn");
