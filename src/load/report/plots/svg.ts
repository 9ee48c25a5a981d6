/** Drawings as text. The same input gives the same bytes. */
import { markupText } from "../safe-text.ts";
import { plotStyle } from "./style.ts";

/** What a plot draws, before it is put into a page or a file. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Said to whoever cannot see the drawing, with the description. */
  readonly title: string;
  readonly description: string;
  /** SVG elements. */
  readonly body: string;
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes; numbers have at most two decimals. `content` is markup. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${markupText(asText(value))}"`);
  return content === "" ? `<${name}${list.join("")}/>` : `<${name}${list.join("")}>${content}</${name}>`;
}

/** A line of text. */
export function text(attributes: Attributes, content: string): string {
  return element("text", attributes, markupText(content));
}

/** A straight line. */
export function line(look: string, x1: number, y1: number, x2: number, y2: number): string {
  return element("line", { class: look, x1, y1, x2, y2 });
}

/** A path of straight lines. */
export function pathOf(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${asText(x)} ${asText(y)}`).join("");
}

/** For a page that has `plotStyle` among its styles. `id` must be of this drawing alone in the page. */
export function inlineSvg(drawing: Drawing, id: string): string {
  return svgOf(drawing, id, { class: "plot" }, "");
}

/** A file of its own, in light or dark as the reader has it. */
export function svgFile(drawing: Drawing): string {
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    class: "plot sheet",
    width: drawing.width,
    height: drawing.height,
  };
  return `${svgOf(drawing, "plot", root, element("style", {}, `\n${plotStyle}`))}\n`;
}

function svgOf(
  { width, height, title, description, body }: Drawing,
  id: string,
  root: Attributes,
  style: string,
): string {
  const attributes = {
    ...root,
    viewBox: `0 0 ${asText(width)} ${asText(height)}`,
    role: "img",
    "aria-labelledby": `${id}-title ${id}-description`,
  };
  const titles = [
    element("title", { id: `${id}-title` }, markupText(title)),
    element("desc", { id: `${id}-description` }, markupText(description)),
  ];
  const sheet = style === "" ? "" : element("rect", { class: "paper", width, height });
  return element("svg", attributes, `\n${[...titles, style, sheet, body].filter((part) => part !== "").join("\n")}\n`);
}

function asText(value: string | number): string {
  return typeof value === "string" ? value : String(Number(value.toFixed(2)));
}
