/**
 * The session cookie in both directions.
 *
 * Hot: once per request with a Cookie, once per Set-Cookie. Walks indices; allocates only when a field changes.
 */
import { unitAt } from "../core/unit-at.ts";

const SESSION = "session_id";
const EQUALS = 61;
const QUOTE = 34;

/**
 * How many cookies of a Cookie field some Werkzeug could take for the session.
 *
 * Lines must be joined with `; ` before. Cookies end at `;` only, as Odoo's own livechat cookies hold raw JSON. A name
 * counts after trimming white space, `=` (Werkzeug before 2.2.3 takes a nameless `=session_id=x`) and everything
 * non-ASCII (Python strips Unicode spaces); also in quotes, which Werkzeug before 2.3 removes together with
 * backslash escapes. Case counts, as it does in Odoo.
 */
export function countSessions(cookie: string): number {
  let count = 0;
  let start = 0;
  while (start <= cookie.length) {
    const semicolon = cookie.indexOf(";", start);
    const end = semicolon < 0 ? cookie.length : semicolon;
    if (isSession(cookie, start, end)) count++;
    start = end + 1;
  }
  return count;
}

/** Whether a Cookie field carries a session that some Werkzeug could read. */
export function hasSession(cookie: string): boolean {
  return countSessions(cookie) > 0;
}

function isSession(cookie: string, from: number, to: number): boolean {
  let start = from;
  while (start < to && (isBlank(unitAt(cookie, start)) || unitAt(cookie, start) === EQUALS)) start++;
  let end = start;
  while (end < to && unitAt(cookie, end) !== EQUALS) end++;
  while (end > start && isBlank(unitAt(cookie, end - 1))) end--;
  if (unitAt(cookie, start) === QUOTE) return isQuotedSession(cookie.slice(start, end));
  return end - start === SESSION.length && cookie.startsWith(SESSION, start);
}

/** Any quoted name with an escape counts: no real cookie has one, and an octal escape can spell every letter. */
function isQuotedSession(name: string): boolean {
  return name.length > 1 && name.endsWith('"') && (name.includes("\\") || name === `"${SESSION}"`);
}

function isBlank(code: number): boolean {
  return code <= 0x20 || code >= 0x7f;
}

/**
 * A worker's Set-Cookie as the client may have it: without `Domain`, which would hand a session to sibling tenants, and
 * with `Secure` when the client came by https. Everything else stays byte for byte, `SameSite` included.
 */
export function rewriteSetCookie(value: string, secure: boolean): string {
  let out = "";
  let copied = 0;
  let isSecure = false;
  let start = value.indexOf(";");
  while (start >= 0) {
    const next = value.indexOf(";", start + 1);
    const end = next < 0 ? value.length : next;
    const name = attributeName(value.slice(start + 1, end));
    if (name === "secure") isSecure = true;
    if (name === "domain") {
      out += value.slice(copied, start);
      copied = end;
    }
    start = next;
  }
  const kept = copied === 0 ? value : out + value.slice(copied);
  return secure && !isSecure ? `${kept}; Secure` : kept;
}

function attributeName(attribute: string): string {
  const equals = attribute.indexOf("=");
  return (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase();
}
