/** Top-level key of an OAuth or SAML state that names a database. */
const KEY = "d";

const QUOTE = 34;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * The database that a worker could find in `state`: the string `d` at the top of a JSON object. Undefined where there is
 * none, as in anything that is no object: states are plain text elsewhere. Null where it cannot be read with certainty:
 * a key or value that is no valid string, or a second `d`.
 *
 * One pass without a tree. It takes more than JSON does (brackets need not match, a broken tail does not matter), so
 * nothing that Python's `json` or `simplejson` reads is missed: byte order mark, white space, escapes, NaN.
 */
export function databaseInState(state: string): string | null | undefined {
  if (!opensObject(state)) return undefined;
  let found: string | undefined;
  let depth = 0;
  for (let i = skipBlank(state, 0); i < state.length; i++) {
    const code = state.charCodeAt(i);
    if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth--;
    else if (code === QUOTE) {
      const end = stringEnd(state, i);
      const colon = skipBlank(state, end);
      if (depth === 1 && state.charCodeAt(colon) === COLON && mayBeKey(state, i, end)) {
        const database = found === undefined ? stringAt(state, skipBlank(state, colon + 1)) : null;
        if (database === null) return null;
        found = database;
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

/** Whether the string token is `"d"`, or an escape of one character that is that or cannot be read. */
function mayBeKey(state: string, start: number, end: number): boolean {
  if (end - start === 3) return state[start + 1] === KEY;
  if (end - start > 8 || !state.startsWith("\\u", start + 1)) return false;
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
