/**
 * The strict reader of response heads, and what DESIGN 3.1 changes in them: hop-by-hop and server fields go, equal
 * singletons fold into one (Odoo sends Date twice with every file), cookies lose their Domain.
 *
 * Hot: once per response, same rules as `read-head.ts`.
 */
import { unitAt } from "../../core/unit-at.ts";
import { rewriteSetCookie } from "../../policy/cookies.ts";
import { fieldKind, responseField } from "../../policy/fields.ts";
import { readConnectionOptions, withoutFields } from "./connection-options.ts";
import { COLON, CR, LF, parseContentLength, SP, skipSpace, tokenEnd, trimSpaceEnd, valueEnd } from "./grammar.ts";

/** How the end of a response body is known. */
export type ResponseFraming = "none" | "length" | "chunked" | "close";

export class ResponseHead {
  status = 0;
  /** As the worker sent it; may be empty. */
  reason = "";
  framing: ResponseFraming = "close";
  /** Of the body, or what HEAD and 304 only announce; -1 where the worker gave none. */
  contentLength = -1;
  /** Field lines for the client, each with its CRLF; Set-Cookie rewritten. */
  passed = "";
  location: string | null = null;
  webSocketAccept = "";
  /** Lower-cased value of Upgrade. */
  upgrade = "";
  /** The worker offers the connection for another request. */
  keepsAlive = false;
}

interface Gathered {
  minor: number;
  fields: number;
  chunked: boolean;
  connection: string;
  dated: boolean;
  /** Lower-cased names and values of singletons so far. */
  singletons: string[];
}

/**
 * Reads one response head, or returns null where it breaks the grammar or contradicts itself.
 *
 * `text` runs from the status line to the empty line's CRLF. `toHead` says whether the request's method was HEAD, as
 * that decides the framing (RFC 9112 section 6.3).
 */
export function parseResponseHead(
  text: string,
  context: { readonly fieldsMax: number; readonly toHead: boolean; readonly secure: boolean },
): ResponseHead | null {
  const head = new ResponseHead();
  const gathered: Gathered = { minor: 0, fields: 0, chunked: false, connection: "", dated: false, singletons: [] };
  const start = readStatusLine(text, head, gathered);
  if (start < 0 || !readFields(text, start, head, gathered, context)) return null;
  return decideFraming(head, gathered, context.toHead) ? head : null;
}

/** Index of the first field line, -1 for a malformed status line. */
function readStatusLine(text: string, head: ResponseHead, gathered: Gathered): number {
  const version = text.slice(0, 9);
  if (version !== "HTTP/1.1 " && version !== "HTTP/1.0 ") return -1;
  gathered.minor = unitAt(version, 7) - 48;
  for (let i = 9; i < 12; i++) {
    const digit = unitAt(text, i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    head.status = head.status * 10 + digit;
  }
  if (head.status < 100 || head.status > 599) return -1;
  // A missing space before an empty reason is common and harmless.
  const reasonStart = unitAt(text, 12) === SP ? 13 : 12;
  const end = valueEnd(text, reasonStart);
  if (end < 0 || (reasonStart === 12 && end !== 12)) return -1;
  head.reason = text.slice(reasonStart, end);
  return end + 2;
}

function readFields(
  text: string,
  start: number,
  head: ResponseHead,
  gathered: Gathered,
  context: { readonly fieldsMax: number; readonly secure: boolean },
): boolean {
  let line = start;
  let runStart = start;
  while (unitAt(text, line) !== CR) {
    if (++gathered.fields > context.fieldsMax) return false;
    const nameEnd = tokenEnd(text, line);
    if (nameEnd === line || unitAt(text, nameEnd) !== COLON) return false;
    const valueStart = skipSpace(text, nameEnd + 1);
    const lineEnd = valueEnd(text, valueStart);
    if (lineEnd < 0) return false;
    const name = text.slice(line, nameEnd);
    const end = trimSpaceEnd(text, valueStart, lineEnd);
    const action = readField(head, gathered, name, text, valueStart, end);
    if (action === "malformed") return false;
    const next = lineEnd + 2;
    if (action !== "pass") {
      head.passed += text.slice(runStart, line);
      if (action === "cookie")
        head.passed += `${name}: ${rewriteSetCookie(text.slice(valueStart, end), context.secure)}\r\n`;
      runStart = next;
    }
    line = next;
  }
  head.passed += text.slice(runStart, line);
  return unitAt(text, line + 1) === LF && line + 2 === text.length;
}

type FieldAction = "pass" | "drop" | "cookie" | "malformed";

function readField(
  head: ResponseHead,
  g: Gathered,
  name: string,
  text: string,
  from: number,
  end: number,
): FieldAction {
  const kind = responseField(name);
  if (kind === fieldKind.pass) return "pass";
  if (kind === fieldKind.drop) return "drop";
  const value = text.slice(from, end);
  switch (kind) {
    case fieldKind.setCookie:
      return "cookie";
    case fieldKind.contentLength:
      return readLength(head, parseContentLength(value));
    case fieldKind.transferEncoding:
      // RFC 9112 section 6.1: a server must not send it to, nor a proxy believe it of, HTTP/1.0.
      if (g.chunked || g.minor === 0 || value.toLowerCase() !== "chunked") return "malformed";
      g.chunked = true;
      return "drop";
    case fieldKind.connection:
      g.connection = g.connection === "" ? value : `${g.connection},${value}`;
      return "drop";
    case fieldKind.upgrade:
      // Several lines are one list, and no list is a protocol.
      head.upgrade = head.upgrade === "" ? value.toLowerCase() : `${head.upgrade},${value.toLowerCase()}`;
      return "drop";
    case fieldKind.date:
      // Werkzeug dates a file when it is opened and again when it is sent: another second is no contradiction.
      if (g.dated) return "drop";
      g.dated = true;
      return "pass";
    case fieldKind.webSocketAccept:
      if (head.webSocketAccept !== "") return head.webSocketAccept === value ? "drop" : "malformed";
      head.webSocketAccept = value;
      return "pass";
    case fieldKind.location:
      if (head.location !== null) return head.location === value ? "drop" : "malformed";
      head.location = value;
      return "pass";
    default:
      return foldSingleton(g, name.toLowerCase(), value);
  }
}

function readLength(head: ResponseHead, length: number): FieldAction {
  if (length < 0 || (head.contentLength >= 0 && head.contentLength !== length)) return "malformed";
  head.contentLength = length;
  return "drop";
}

/** The first of equal repetitions passes, a differing one is refused. */
function foldSingleton(gathered: Gathered, name: string, value: string): FieldAction {
  const { singletons } = gathered;
  for (let i = 0; i < singletons.length; i += 2) {
    if (singletons[i] === name) return singletons[i + 1] === value ? "drop" : "malformed";
  }
  singletons.push(name, value);
  return "pass";
}

/** RFC 9112 section 6.3 in its order; false where the framing contradicts itself. */
function decideFraming(head: ResponseHead, gathered: Gathered, toHead: boolean): boolean {
  if (gathered.chunked && head.contentLength >= 0) return false;
  const announcesBody = gathered.chunked || head.contentLength > 0;
  // An interim answer with a body (RFC 9112 section 6.1 forbids it) leaves no way to tell where the final one begins.
  if (head.status < 200 && head.status !== 101 && announcesBody) return false;
  followConnection(head, gathered);
  // A worker that announces a body of a 204 may yet send it, and it would be read as the next response.
  if (head.status === 204 && announcesBody) head.keepsAlive = false;
  // Behind a 101 the bytes belong to the new protocol, to the connection's end.
  if (head.status === 101) head.framing = "close";
  else if (head.status < 200 || head.status === 204 || head.status === 304 || toHead) head.framing = "none";
  else if (gathered.chunked) head.framing = "chunked";
  else if (head.contentLength >= 0) head.framing = "length";
  return true;
}

function followConnection(head: ResponseHead, gathered: Gathered): void {
  const { closes, keepsAlive, nominated } = readConnectionOptions(gathered.connection);
  head.passed = withoutFields(head.passed, nominated);
  head.keepsAlive = !closes && (keepsAlive || gathered.minor === 1);
}
