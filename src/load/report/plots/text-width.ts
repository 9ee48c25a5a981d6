import { fontSize } from "./style.ts";

/**
 * Pixels that a line of a plot takes at most, in the fonts that a browser may choose. It is drawn without a browser, so
 * this errs on the wide side: letters of a wide sans-serif font (DejaVu), and a full square for what is no Latin letter.
 */
export function textWidth(text: string): number {
  let ems = 0;
  for (const char of text) ems += emsOf(char);
  return ems * fontSize;
}

/** The text, cut to fit into so many pixels. It is looked at once, up to what does not fit any more. */
export function fitted(text: string, width: number): string {
  const most = width / fontSize;
  const cut = emsOf("…");
  let ems = 0;
  let kept = "";
  let fits = true;
  for (const char of text) {
    ems += emsOf(char);
    if (ems > most) return text === char ? text : `${kept}…`;
    fits &&= ems + cut <= most;
    if (fits) kept += char;
  }
  return text;
}

function emsOf(char: string): number {
  if (/[ -~µ×−…]/.test(char) === false) return 1.05;
  if (/[mwMW@%]/.test(char)) return 0.98;
  if (/[A-Z&#+=<>~]/.test(char)) return 0.8;
  return /[ iljftr.,:;'|!()[\]]/.test(char) ? 0.42 : 0.65;
}
