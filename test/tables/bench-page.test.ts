import { createHash } from "node:crypto";
import t from "tap";
import { compareRuns } from "../../src/load/compare-runs.ts";
import { comparisonTextReport } from "../../src/load/report/comparison-report.ts";
import { htmlComparison, htmlReport } from "../../src/load/report/html-report.ts";
import { paletteStyle } from "../../src/load/report/plots/style.ts";
import { textReport } from "../../src/load/report/text-report.ts";
import { benchResult, hostileResult, spoiledResult } from "../support/bench-results.ts";
import { targetOf } from "../support/bench-targets.ts";
import { markupProblem } from "../support/markup.ts";

const plain = (_style: string, text: string): string => text;
const hostile = hostileResult();
const pages: Readonly<Record<string, string>> = {
  run: htmlReport(benchResult()),
  spoiled: htmlReport(spoiledResult()),
  hostile: htmlReport(hostile),
  compare: htmlComparison(compareRuns(benchResult(), spoiledResult())),
  "hostile compare": htmlComparison(compareRuns(hostile, hostile)),
  "nothing in common": htmlComparison(compareRuns(benchResult(), hostile)),
  "one target": htmlReport(
    benchResult({ targets: [targetOf({ name: "only", medianUs: 90, cpuUs: null }, 1)], comparisons: [] }),
  ),
};

for (const [name, page] of Object.entries(pages)) {
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? "";
  const digest = createHash("sha256").update(style).digest("base64");
  t.equal(markupProblem(page.replace(`<style>${style}</style>`, "")), null, `${name}: well-formed`);
  t.match(
    page,
    `content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`,
    `${name}: its policy`,
  );
  t.notMatch(
    page,
    /<(?:script|img|link|iframe|object|a|image|use)\b| style=| on\w+="|href=|src="|url\(|@import/i,
    `${name}: nothing runs or loads`,
  );
  t.notMatch(
    page,
    /[\u0000-\u0009\u000b-\u001f\u202e\u2028]|NaN|Infinity|undefined/,
    `${name}: no control character, every number is one`,
  );
  const ids = Array.from(page.matchAll(/ id="([^"]+)"/g), ([, id]) => id);
  t.equal(new Set(ids).size, ids.length, `${name}: ids are unique`);
  const named = Array.from(page.matchAll(/aria-labelledby="([^"]+)"/g), ([, list]) => list!.split(" ")).flat();
  t.same(
    named.filter((id) => !ids.includes(id)),
    [],
    `${name}: every name that is referred to is there`,
  );
  t.equal(page.match(/<svg /g)?.length, page.match(/<desc /g)?.length, `${name}: every drawing is described`);
}
t.match(pages.run, /<td class="right">673 µs<\/td>/, "the figures of the plots stand in a table");

const texts = [textReport(hostile, plain), comparisonTextReport(compareRuns(hostile, hostile), plain)];
for (const text of texts) {
  t.notMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/, "a terminal gets no control character");
  t.same(
    text.split("\n").filter((line) => [...line].length > 100),
    [],
    "no line is longer than 100",
  );
}
t.match(
  textReport(spoiledResult(), plain),
  /nginx .*15 \(0\.1%\) +12\n +15 of 15,000 requests .*\(reset 3, timeout 12\)/,
  "errors stand beside latencies",
);

/** Contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance). */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const themes = Array.from(
  paletteStyle.matchAll(/:root\{([^}]*)\}/g),
  ([, list]) => new Map(list!.split(";").map((one) => one.split(":") as [string, string])),
);
t.equal(themes.length, 2, "light and dark");
for (const theme of themes) {
  const paper = theme.get("--paper")!;
  const least = (name: string): number => ({ "--paper": 1, "--rule": 1, "--other": 3 })[name] ?? 4.5;
  const weak = [...theme].filter(([name, colour]) => contrast(colour, paper) < least(name));
  t.same(weak, [], `text and lines are readable on ${paper}`);
}
