/**
 * Regular expressions for Envoy (RE2), built from parts, so that their size is known without asking RE2.
 *
 * Envoy's CEL refuses an expression over 100 RE2 instructions, and with it the whole configuration of every tenant. The
 * sizes here are an upper bound of RE2's own count, held against a real Envoy by the parity run.
 */

/** A part of an expression: RE2 source, and at most how many instructions it compiles to. */
export interface Regex {
  readonly source: string;
  readonly size: number;
}

/** What RE2 adds around an expression that may match anywhere: the loop in front, the match behind. */
const FRAME = 5;

/** Instructions that Envoy's CEL allows one `matches()` (cel-cpp: regex_max_program_size). */
export const CEL_REGEX_SIZE_MAX = 100;

/** Text that stands for itself. */
export function text(value: string): Regex {
  return { source: escapeText(value), size: value.length };
}

/** Any one of the parts. */
export function anyOf(...parts: readonly Regex[]): Regex {
  return { source: `(?:${parts.map((part) => part.source).join("|")})`, size: sum(parts) };
}

/** One part behind the other. */
export function sequence(...parts: readonly Regex[]): Regex {
  return { source: parts.map((part) => part.source).join(""), size: sum(parts) };
}

/**
 * A class of `ranges` ranges of ASCII, once or as `suffix` (`*`, `+`, `?`) says. Never a negated one, nor `.`: RE2 spells
 * out every form of UTF-8 for those.
 */
export function charClass(source: string, ranges: number, suffix: "" | "*" | "+" | "?" = ""): Regex {
  return { source: source + suffix, size: ranges + (suffix === "" ? 0 : 2) };
}

/** Any bytes, also such as are no UTF-8, which `.` does not match. */
export const anyBytes: Regex = { source: "\\C*", size: 3 };

/** A part that may be left out. */
export function optional(part: Regex): Regex {
  return { source: `(?:${part.source})?`, size: part.size + 1 };
}

/** An empty-width mark: `^` or `$`. */
export function mark(source: "^" | "$"): Regex {
  return { source, size: 1 };
}

/** The size of a whole expression that may match anywhere in its subject. */
export function searchSize(part: Regex): number {
  return part.size + FRAME;
}

/** A name each of whose characters may be percent-encoded, as a query can spell it. */
export function encodedName(name: string): Regex {
  return sequence(...Array.from(name, encodedChar));
}

function encodedChar(char: string): Regex {
  const hex = char.charCodeAt(0).toString(16);
  const [high = "", low = ""] = hex;
  const digits = sequence(hexDigit(high), hexDigit(low));
  return anyOf(text(char), sequence(text("%"), digits));
}

function hexDigit(digit: string): Regex {
  return /[a-f]/.test(digit) ? charClass(`[${digit}${digit.toUpperCase()}]`, 2) : text(digit);
}

/**
 * The expression for every text (of lower-case ASCII letters at the places that matter) but these words.
 *
 * RE2 has no negative look-ahead; so each place where a text can leave the words is spelled out.
 */
export function anythingBut(words: readonly string[], foldCase: "fold" | "exact"): string {
  const prefix = foldCase === "fold" ? "(?i)" : "";
  return `${prefix}(?:${differing(words, { any: ".", but: "" })})`;
}

/** The same for one segment of a path, which is never empty. */
export function segmentBut(words: readonly string[]): string {
  return `(?:${differing(["", ...words], { any: "[^/]", but: "/" })})`;
}

/** What a text is made of: any character of it, and what a class of all but some of them must leave out, too. */
interface Alphabet {
  readonly any: string;
  readonly but: string;
}

function differing(words: readonly string[], alphabet: Alphabet): string {
  const { any, but } = alphabet;
  const firsts = [...new Set(words.filter((word) => word !== "").map((word) => word[0]!))].sort();
  const branches = firsts.map((first) => {
    const rests = words.filter((word) => word[0] === first).map((word) => word.slice(1));
    return `${escapeText(first)}(?:${differing(rests, alphabet)})`;
  });
  const other = firsts.length === 0 ? `${any}+` : `[^${but}${firsts.map(escapeText).join("")}]${any}*`;
  return [...(words.includes("") ? [] : [""]), other, ...branches].join("|");
}

/** RE2 source for `value` as it stands. */
export function escapeText(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function sum(parts: readonly Regex[]): number {
  return parts.reduce((total, part) => total + part.size, 0);
}
