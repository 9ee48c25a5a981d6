/**
 * One page that needs nothing but itself: no script, no network, one style sheet that its policy names by digest.
 * Whatever is written into it is escaped here.
 */
import { createHash } from "node:crypto";
import type { Facts } from "./head.ts";
import { pageStyle } from "./page-style.ts";
import { type BarPlot, drawBarPlot } from "./plots/bar-plot.ts";
import { drawLinePlot, type LinePlot } from "./plots/line-plot.ts";
import { type Drawing, inlineSvg } from "./plots/svg.ts";
import { markupText } from "./safe-text.ts";
import type { Row, Table } from "./table.ts";

/** One plot: what is drawn depends on its kind, and on the room that it has. */
export type Plot =
  | { readonly kind: "line"; readonly plot: LinePlot }
  | { readonly kind: "bar"; readonly plot: BarPlot };

export interface Page {
  readonly title: string;
  readonly facts: Facts;
  /** What spoils the figures; shown before them. */
  readonly concerns: readonly string[];
  readonly plots: readonly Plot[];
  readonly tables: readonly Table[];
  /** How it was measured, in paragraphs. */
  readonly method: readonly string[];
}

/** Widths of the drawings for a wide and for a narrow window, in pixels. */
const widths = { wide: 720, narrow: 344 } as const;

/** The whole document, with a last newline. */
export function renderPage({ title, facts, concerns, plots, tables, method }: Page): string {
  const digest = createHash("sha256").update(pageStyle).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${markupText(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${markupText(title)}</h1>
${[renderFacts(facts), ...renderConcerns(concerns), ...plots.map(renderPlot), ...tables.map(renderTable)].join("\n")}
<section aria-labelledby="method">
<h2 id="method">Method</h2>
${method.map((paragraph) => `<p>${markupText(paragraph)}</p>`).join("\n")}
</section>
</main>
</body>
</html>
`;
}

function renderFacts(facts: Facts): string {
  const rows = facts.map(([label, text]) => `<dt>${markupText(label)}</dt><dd>${markupText(text)}</dd>`);
  return `<dl>\n${rows.join("\n")}\n</dl>`;
}

function renderConcerns(concerns: readonly string[]): string[] {
  if (concerns.length === 0) return [];
  const items = concerns.map((concern) => `<li>${markupText(concern)}</li>`);
  return [`<aside aria-labelledby="mind">\n<h2 id="mind">Mind</h2>\n<ul>\n${items.join("\n")}\n</ul>\n</aside>`];
}

/** Drawn for both widths; the style shows one of them, to readers of the page as to its eyes. */
function renderPlot(plot: Plot, index: number): string {
  const drawings = Object.entries(widths).map(([name, width]) => {
    return `<div class="${name}">${inlineSvg(draw(plot, width), `plot-${index}-${name}`)}</div>`;
  });
  return `<figure>\n${drawings.join("\n")}\n</figure>`;
}

function draw({ kind, plot }: Plot, width: number): Drawing {
  return kind === "line" ? drawLinePlot(plot, width) : drawBarPlot(plot, width);
}

function renderTable({ title, about, columns, rows }: Table): string {
  const heads = columns.map((column) => `<th scope="col" class="${column.align}">${markupText(column.title)}</th>`);
  const body = rows.map((row) => renderRow(row, columns));
  return `<section>
<h2>${markupText(title)}</h2>
<p>${markupText(about)}</p>
<div class="scroll" role="region" aria-label="${markupText(title)}" tabindex="0">
<table>
<thead><tr>${heads.join("")}</tr></thead>
${body.join("\n")}
</table>
</div>
</section>`;
}

/** A row and its notes are one group of the table. */
function renderRow({ cells, notes = [], tone }: Row, columns: Table["columns"]): string {
  const data = cells.map((cell, index) => {
    const { align } = columns[index]!;
    const text = markupText(cell);
    return index === 0 ? `<th scope="row" class="${align}">${text}</th>` : `<td class="${align}">${text}</td>`;
  });
  const below = notes.map(
    (note) => `<tr class="note"><td colspan="${columns.length}"><div>${markupText(note)}</div></td></tr>`,
  );
  return `<tbody${tone === undefined ? "" : ` class="${tone}"`}><tr>${data.join("")}</tr>${below.join("")}</tbody>`;
}
