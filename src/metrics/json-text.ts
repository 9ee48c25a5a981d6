/**
 * JSON text made by hand, for lines that are written once per request.
 *
 * Hot: no closure, no RegExp on the fast path. Bench: bench/micro/access-log.ts.
 */
import { unitAt } from "../core/unit-at.ts";

/** 1 for the characters that stand in a JSON string as they are and that no terminal obeys. */
const plain = Uint8Array.from({ length: 128 }, (_, unit) =>
  unit >= 0x20 && unit < 0x7f && unit !== 0x22 && unit !== 0x5c ? 1 : 0,
);

/**
 * What stands between the quotes of a JSON string of `text`; over `charsMax` characters it is cut and ends in `…`.
 *
 * Control characters are escaped, the C1 ones and DEL too, since a terminal obeys them; a lone surrogate is escaped,
 * so that the line is valid UTF-8.
 */
export function escaped(text: string, charsMax: number): string {
  const { length } = text; // once: strings of many kinds come here
  if (length > charsMax) return escapeAll(`${text.slice(0, charsMax)}…`);
  for (let i = 0; i < length; i++) {
    if (plain[unitAt(text, i)] !== 1) return escapeAll(text);
  }
  return text;
}

function escapeAll(text: string): string {
  return escapeControls(JSON.stringify(text)).slice(1, -1);
}

/** Escapes in JSON text the control characters that JSON allows in a string. */
export function escapeControls(json: string): string {
  return json.replace(/[\x7f-\x9f]/g, (control) => `\\u00${unitAt(control, 0).toString(16)}`);
}

/** `.001` to `.999`, without trailing zeros; empty for 0. */
const fractions = Array.from({ length: 1000 }, (_, i) =>
  i === 0 ? "" : `.${String(i).padStart(3, "0")}`.replace(/0+$/, ""),
);

/** Milliseconds as a JSON number with at most three decimals; 0 for what is negative or no number. */
export function millisText(ms: number): string {
  if (!(ms > 0) || ms > Number.MAX_SAFE_INTEGER / 1000) return "0";
  const micros = Math.round(ms * 1000);
  const fraction = micros % 1000;
  return (micros - fraction) / 1000 + (fractions[fraction] as string);
}

let second = Number.NaN;
let secondText = "";

/** RFC 3339 in UTC with milliseconds. The text of the second is kept, for most lines share it with the one before. */
export function timeText(epochMs: number): string {
  const whole = Math.floor(epochMs / 1000);
  if (whole !== second) {
    secondText = new Date(whole * 1000).toISOString().slice(0, -4);
    second = whole;
  }
  const ms = Math.floor(epochMs) - whole * 1000;
  return `${secondText}${ms < 100 ? (ms < 10 ? "00" : "0") : ""}${ms}Z`;
}
