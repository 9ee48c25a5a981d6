/**
 * Paths in the one form that is judged and forwarded, as Envoy Gateway makes it with `UnescapeAndForward` and
 * `disableMergeSlashes`.
 *
 * What a worker reads from the result is what was judged: Werkzeug decodes once more, and no escape that is left can
 * turn into a slash, a dot, a letter or a control character. Hot: once per request; walks char codes and returns its
 * argument when that is canonical already.
 */
import { unitAt } from "../core/unit-at.ts";

const REFUSED = 0;
/** Stays as it is, raw or escaped. */
const KEPT = 1;
/** Unreserved (RFC 3986 section 2.3): an escape of it is decoded. */
const UNRESERVED = 2;
const SLASH = 3;
const BACKSLASH = 4;
const PERCENT = 5;
/** Raw, it is sent on as its escape. */
const ESCAPED = 6;

const DOT = 46;
const SEMICOLON = 59;

/** By char code. Refused raw: control bytes, space, `#`, `?`, `\` and everything from 0x7f on. */
const kinds = new Uint8Array(256);
for (let code = 0x21; code < 0x7f; code++) kinds[code] = kindOf(String.fromCharCode(code));

function kindOf(char: string): number {
  if (/[A-Za-z0-9._~-]/.test(char)) return UNRESERVED;
  if (/[!$&'()*+,:;=@[\]]/.test(char)) return KEPT;
  if (/["<>^`{|}]/.test(char)) return ESCAPED;
  return { "/": SLASH, "\\": BACKSLASH, "%": PERCENT }[char] ?? REFUSED;
}

/**
 * The canonical form of a target's path, or empty when it is refused.
 *
 * Escaped slashes and backslashes become `/`, escaped unreserved characters are decoded once, dot segments are
 * resolved (with `;` parameters, too), a leading run of slashes becomes one; inner runs stay. Refused: a raw `\`, an
 * invalid escape, an escaped control character (Werkzeug before 2.1 takes `/jsonrpc%0a` for `/jsonrpc`), an escaped
 * backslash beside a dot segment with parameters, a byte that no path may hold. The result is its own canonical form.
 */
export function canonicalPath(path: string): string {
  if (!path.startsWith("/")) return "";
  let rewritten = false;
  let backslashes = false;
  let dotted = path.startsWith("//");
  for (let i = 0; i < path.length; i++) {
    const kind = kinds[unitAt(path, i)];
    if (kind === UNRESERVED || kind === KEPT) continue;
    if (kind === SLASH) {
      if (unitAt(path, i + 1) === DOT) dotted = true;
    } else if (kind === PERCENT) {
      const escaped = escapedKind(path, i);
      if (escaped === REFUSED) return "";
      if (escaped === BACKSLASH) backslashes = true;
      if (escaped !== KEPT) rewritten = true;
      i += 2;
    } else if (kind === ESCAPED) {
      rewritten = true;
    } else {
      return "";
    }
  }
  if (rewritten) {
    const plain = rewriteEscapes(path);
    return backslashes && DOTS_WITH_PARAMETERS.test(plain) ? "" : resolveDots(plain);
  }
  return dotted ? resolveDots(path) : path;
}

/**
 * Dot segments with parameters. Beside an escaped backslash readers differ on where those parameters end: Envoy takes the
 * backslash for a part of them.
 */
const DOTS_WITH_PARAMETERS = /\/\.{1,2};/;

/** What to do with the escape at `at`: decode (SLASH, BACKSLASH, UNRESERVED), keep, or refuse. */
function escapedKind(path: string, at: number): number {
  const code = escapedCode(path, at);
  if (code < 0x20 || code === 0x7f) return REFUSED;
  const kind = kinds[code]!;
  return kind === SLASH || kind === BACKSLASH || kind === UNRESERVED ? kind : KEPT;
}

/** The byte that the escape at `at` stands for; -1 when it is none. */
function escapedCode(path: string, at: number): number {
  if (at + 2 >= path.length) return -1;
  const high = hexDigit(unitAt(path, at + 1));
  const low = hexDigit(unitAt(path, at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** One pass over escapes and raw characters of a path that was found acceptable. */
function rewriteEscapes(path: string): string {
  let out = "";
  let copied = 0;
  for (let i = 0; i < path.length; i++) {
    const kind = kinds[unitAt(path, i)]!;
    let replacement = "";
    let width = 1;
    if (kind === ESCAPED) {
      replacement = `%${unitAt(path, i).toString(16).toUpperCase()}`;
    } else if (kind === PERCENT) {
      width = 3;
      const escaped = escapedKind(path, i);
      if (escaped === UNRESERVED) replacement = String.fromCharCode(escapedCode(path, i));
      else if (escaped !== KEPT) replacement = "/";
    }
    if (replacement !== "") {
      out += path.slice(copied, i) + replacement;
      copied = i + width;
    }
    i += width - 1;
  }
  return out + path.slice(copied);
}

/** Resolves dot segments the way Chromium does: an empty segment is one that `..` can remove. */
function resolveDots(path: string): string {
  const kept: string[] = [];
  let start = 1;
  let dots = 0;
  while (start <= path.length) {
    const slash = path.indexOf("/", start);
    const end = slash < 0 ? path.length : slash;
    dots = dotsOf(path, start, end);
    if (dots === 2) kept.pop();
    else if (dots === 0 && (end > start || kept.length > 0)) kept.push(path.slice(start, end));
    start = end + 1;
  }
  if (dots > 0 && kept.length > 0) kept.push("");
  return `/${kept.join("/")}`;
}

/** 1 for a `.` segment, 2 for `..`, each with or without parameters behind `;`; 0 for any other. */
function dotsOf(path: string, start: number, end: number): number {
  let i = start;
  while (i < end && unitAt(path, i) === DOT) i++;
  const dots = i - start;
  return dots <= 2 && (i === end || unitAt(path, i) === SEMICOLON) ? dots : 0;
}

/** The path with every run of slashes as one, which is how it is judged; its argument when there is nothing to merge. */
export function mergeSlashes(path: string): string {
  return path.includes("//") ? path.replace(/\/{2,}/g, "/") : path;
}

/** What Odoo routes by when a merged path's first segment is a language: `/fr/web` → `/web`; empty without a second. */
export function withoutFirstSegment(path: string): string {
  const slash = path.indexOf("/", 1);
  return slash < 0 ? "" : path.slice(slash);
}
