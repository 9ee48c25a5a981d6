/** How plots look. Series differ in colour, in dashes and in the shape of their marks, so that none is told by colour alone. */

/** Pixels of a plot's letters. */
export const fontSize = 12;

/** Colours of series repeat after so many; dashes and marks after fewer, so that pairs of them repeat late. */
export const colourCount = 6;

/** Each has a contrast of at least 4.5 on its paper; bars that stand back (`other`) one of 3, rules less. */
const light = { paper: "#ffffff", ink: "#1c2024", quiet: "#5a636d", rule: "#d5dae0", other: "#818b96" };
const dark = { paper: "#14171a", ink: "#e8ebee", quiet: "#a5afb9", rule: "#363d44", other: "#66717c" };
const lightSeries = ["#0a5fb4", "#b0450a", "#1b7340", "#8a3aa3", "#7d6200", "#ad1f57"];
const darkSeries = ["#6db5ff", "#ff9f5c", "#69cf8d", "#d79aeb", "#dfc05f", "#ff8aae"];

/** The colours of the page around, too. */
export const paletteStyle = `:root{${variables(light, lightSeries)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(dark, darkSeries)}}}
`;

const series = lightSeries.map(
  (_, index) => `.plot .s${index}{stroke:var(--s${index})}.plot .m${index}{fill:var(--s${index})}`,
);

/** Needs nothing else; a page that shows several plots has it once. */
export const plotStyle = `${paletteStyle}.plot{font:${fontSize}px system-ui,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif}
.plot .paper{fill:var(--paper)}
.plot text{fill:var(--ink)}
.plot .title{font-weight:600;font-size:14px}
.plot .quiet{fill:var(--quiet)}
.plot .end{text-anchor:end}
.plot .middle{text-anchor:middle}
.plot .rule{stroke:var(--rule);stroke-width:1}
.plot .axis{stroke:var(--quiet);stroke-width:1}
.plot .goal{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:2 3}
.plot .halo{stroke:var(--paper);stroke-width:4.5;stroke-linecap:square}
.plot .whisker{stroke:var(--ink);stroke-width:1.5}
.plot .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.plot .d1{stroke-dasharray:8 5}
.plot .d2{stroke-dasharray:2 5}
.plot .d3{stroke-dasharray:10 4 2 4}
.plot .other{fill:var(--other)}
${series.join("\n")}
`;

function variables(colours: Readonly<Record<string, string>>, series: readonly string[]): string {
  const named = [...Object.entries(colours), ...series.map((colour, index) => [`s${index}`, colour])];
  return named.map(([name, colour]) => `--${name}:${colour}`).join(";");
}
