/**
 * The strict reader of response heads, and what DESIGN 3.1 changes in them: hop-by-hop and server fields go, equal
 * singletons fold into one (Odoo sends Date twice with every file), cookies lose their Domain.
 *
 * Hot: once per response, same rules as `read-head.ts`.
 */
import { rewriteSetCookie } from "../../policy/cookies.ts";
import { fieldKind, responseFieldNames } from "../../policy/fields.ts";
import { readConnectionOptions, withoutFields } from "./connection-options.ts";
import { COLON, CR, LF, parseContentLength, SP, skipSpace, standsAt, trimSpaceEnd, valueEnd } from "./grammar.ts";
import type { HeadPiece } from "./head-piece.ts";

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
  /** A bit for each of the fields that may occur once and did. */
  singletons: number;
}

/** What of the request and the limits decides how a response is read. */
export interface ResponseHeadContext {
  readonly limits: { readonly headFieldsMax: number };
  /** The request's method was HEAD: that decides the framing (RFC 9112 section 6.3). */
  readonly toHead: boolean;
  /** The client came over https. */
  readonly secure: boolean;
}

/**
 * Reads one response head, from the status line to the empty line's CRLF, or returns null where it breaks the grammar
 * or contradicts itself. No byte behind it is looked at.
 */
export function parseResponseHead(piece: HeadPiece, context: ResponseHeadContext): ResponseHead | null {
  const head = new ResponseHead();
  const gathered: Gathered = { minor: 0, fields: 0, chunked: false, connection: "", dated: false, singletons: 0 };
  const start = readStatusLine(piece, head, gathered);
  if (start < 0 || !readFields(piece, start, head, gathered, context)) return null;
  return decideFraming(head, gathered, context.toHead) ? head : null;
}

const VERSION = Buffer.from("HTTP/1.");

/** Index of the first field line, -1 for a malformed status line. */
function readStatusLine({ text, bytes, at }: HeadPiece, head: ResponseHead, gathered: Gathered): number {
  gathered.minor = bytes[at + VERSION.length]! - 48;
  if (!standsAt(bytes, at, VERSION) || gathered.minor >> 1 !== 0 || bytes[at + 8] !== SP) return -1;
  for (let i = at + 9; i < at + 12; i++) {
    const digit = bytes[i]! - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    head.status = head.status * 10 + digit;
  }
  if (head.status < 100 || head.status > 599) return -1;
  // A missing space before an empty reason is common and harmless.
  const spaced = bytes[at + 12] === SP;
  const reasonStart = at + (spaced ? 13 : 12);
  const end = valueEnd(bytes, reasonStart);
  if (end < 0 || (!spaced && end !== reasonStart)) return -1;
  head.reason = text.slice(reasonStart - at, end - at);
  return end + 2;
}

function readFields(
  piece: HeadPiece,
  start: number,
  head: ResponseHead,
  gathered: Gathered,
  context: ResponseHeadContext,
): boolean {
  const { text, bytes, at } = piece;
  let line = start;
  let runStart = start;
  while (bytes[line] !== CR) {
    if (++gathered.fields > context.limits.headFieldsMax) return false;
    const nameEnd = responseFieldNames.read(bytes, line);
    if (nameEnd === line || bytes[nameEnd] !== COLON) return false;
    const { kind } = responseFieldNames;
    const valueStart = skipSpace(bytes, nameEnd + 1);
    const lineEnd = valueEnd(bytes, valueStart);
    if (lineEnd < 0) return false;
    const next = lineEnd + 2;
    if (kind !== fieldKind.pass) {
      const from = valueStart - at;
      const to = trimSpaceEnd(bytes, valueStart, lineEnd) - at;
      const action = readField(head, gathered, kind, text, from, to);
      if (action === "malformed") return false;
      if (action !== "pass") {
        head.passed += text.slice(runStart - at, line - at);
        if (action === "cookie")
          head.passed += `${text.slice(line - at, nameEnd - at)}: ${rewriteSetCookie(text.slice(from, to), context.secure)}\r\n`;
        runStart = next;
      }
    }
    line = next;
  }
  head.passed += text.slice(runStart - at, line - at);
  return bytes[line + 1] === LF && line + 2 === at + text.length;
}

type FieldAction = "pass" | "drop" | "cookie" | "malformed";

function readField(
  head: ResponseHead,
  g: Gathered,
  kind: number,
  text: string,
  start: number,
  end: number,
): FieldAction {
  if (kind === fieldKind.drop) return "drop";
  if (kind >= fieldKind.singleton) return foldSingleton(g, kind, text, start, end);
  const value = text.slice(start, end);
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
    default: // location
      if (head.location !== null) return head.location === value ? "drop" : "malformed";
      head.location = value;
      return "pass";
  }
}

function readLength(head: ResponseHead, length: number): FieldAction {
  if (length < 0 || (head.contentLength >= 0 && head.contentLength !== length)) return "malformed";
  head.contentLength = length;
  return "drop";
}

/** Where the values of the singletons of the head at hand begin and end in its text, by kind; valid where their bit is set. */
const singletonStarts = new Int32Array(32);
const singletonEnds = new Int32Array(32);

/** The first of equal repetitions passes, a differing one is refused. */
function foldSingleton(gathered: Gathered, kind: number, text: string, start: number, end: number): FieldAction {
  const index = kind - fieldKind.singleton;
  const bit = 1 << index;
  if ((gathered.singletons & bit) !== 0) {
    const first = text.slice(singletonStarts[index], singletonEnds[index]);
    return first === text.slice(start, end) ? "drop" : "malformed";
  }
  gathered.singletons |= bit;
  singletonStarts[index] = start;
  singletonEnds[index] = end;
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
