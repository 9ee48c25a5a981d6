/** Top-level key of an OAuth or SAML state that names a database. */
const KEY = "d";

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

const none: readonly string[] = [];

/**
 * The databases that a worker could find in `state`, one entry per `d` at the top of a JSON object; null where a key or
 * value cannot be read with certainty. Empty for anything that is no object: states are plain text elsewhere.
 *
 * One pass without a tree. It takes more than JSON does (brackets need not match, a broken tail does not matter), so
 * nothing that Python's `json` or `simplejson` reads is missed: byte order mark, white space, escapes, NaN, repeated
 * keys.
 */
export function databasesInState(state: string): readonly (string | null)[] {
  if (!opensObject(state)) return none;
  const found: (string | null)[] = [];
  let depth = 0;
  for (let i = skipBlank(state, 0); i < state.length; i++) {
    const char = state[i];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (char === '"') {
      const end = stringEnd(state, i);
      const colon = skipBlank(state, end);
      if (depth === 1 && state.charCodeAt(colon) === COLON && isKey(state, i, end)) {
        found.push(stringAt(state, skipBlank(state, colon + 1)));
      }
      i = end - 1;
    }
  }
  return found;
}

/** Whether `state` is a JSON object, or its beginning. */
export function opensObject(state: string): boolean {
  return state[skipBlank(state, 0)] === "{";
}

/** Whether the string token may be `"d"`: only that and `"\u0064"` decode to it, so that few need decoding. */
function isKey(state: string, start: number, end: number): boolean {
  const length = end - start;
  const escaped = length <= 8 && state.charCodeAt(start + 1) === BACKSLASH;
  if (length !== 3 && !escaped) return false;
  const key = readString(state.slice(start, end));
  return key === null || key === KEY;
}

function stringAt(json: string, start: number): string | null {
  return json.charCodeAt(start) === QUOTE ? readString(json.slice(start, stringEnd(json, start))) : null;
}

/** The text of one JSON string token, or null when it is none. */
function readString(token: string): string | null {
  try {
    return JSON.parse(token);
  } catch {
    return null;
  }
}

/** Behind the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json.charCodeAt(i) !== QUOTE) i += json.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return Math.min(i + 1, json.length);
}

function skipBlank(json: string, from: number): number {
  let i = from;
  while (isBlank(json.charCodeAt(i))) i++;
  return i;
}

/** White space, control and non-ASCII bytes: a byte order mark is among them. False behind the end (NaN). */
function isBlank(code: number): boolean {
  return code <= 0x20 || code >= 0x7f;
}
