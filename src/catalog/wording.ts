const LENGTH_MAX = 80;
// Control characters, and the ones that reorder or hide text on a terminal.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu;

/** An operator's value as a message shows it: quoted, on one line, printable, at most 80 characters. */
export function quote(value: unknown): string {
  if (value !== null && typeof value === "object") return Array.isArray(value) ? "a list" : "a mapping";
  if (typeof value !== "string") return String(value);
  const short = value.length > LENGTH_MAX ? `${value.slice(0, LENGTH_MAX)}…` : value;
  const escaped = short.replace(/["\\]/g, "\\$&");
  return `"${escaped.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}

/** A field's path as a message shows it: `spec.aliases[0].hostname`. */
export function dotted(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return `\`${text.replace(/^\./, "").replace(UNPRINTABLE, "?")}\``;
}

/** The candidate that `text` most likely means, or undefined when none is near (two edits for a short word). */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(text.length / 4));
  let best: string | undefined;
  let bestDistance = limit + 1;
  if (text.length > LENGTH_MAX) return undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue;
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions and replacements that turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
