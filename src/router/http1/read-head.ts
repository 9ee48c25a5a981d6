/**
 * The strict reader of request heads: it accepts the canonical subset of RFC 9112 and nothing else.
 *
 * Hot: once per request, one walk over the bytes; places are indices into them. Field lines that pass are copied to the
 * worker as runs of the original text, so an ordinary head costs two or three slices to rebuild.
 * Measured by `bench/micro/read-head.ts`.
 */
import type { AnswerCode } from "../../core/answers.ts";
import { fieldKind, isProtectedField, requestFieldNames } from "../../policy/fields.ts";
import { readConnectionOptions, withoutFields } from "./connection-options.ts";
import {
  COLON,
  CR,
  LF,
  parseContentLength,
  SP,
  skipSpace,
  standsAt,
  tokenEnd,
  trimSpaceEnd,
  valueEnd,
  visibleEnd,
} from "./grammar.ts";
import type { HeadPiece } from "./head-piece.ts";
import { knownMethod } from "./methods.ts";

export type RequestFraming = "none" | "length" | "chunked";

/** A request head that was read. Strings are latin-1: one character per byte. */
export class RequestHead {
  /** The whole head, request line to empty line; for what is needed seldom. */
  readonly text: string;
  /** Where the text begins in the bytes that it is read from. */
  readonly #at: number;
  method = "";
  target = "";
  fieldCount = 0;
  framing: RequestFraming = "none";
  /** Bytes of the body where `framing` is `length`, else 0. */
  contentLength = 0;
  /** Field lines that go to the worker as they came, each with its CRLF. */
  passed = "";
  host = "";
  /** All cookies, several lines joined; null without any. */
  cookie: string | null = null;
  contentType = "";
  contentEncoding: string | null = null;
  origin: string | null = null;
  forwardedFor: string | null = null;
  forwardedProto: string | null = null;
  requestId: string | null = null;
  traceparent: string | null = null;
  webSocketKey = "";
  /** Lower-cased value of Upgrade, when Connection names it and the handshake's fields occur once. */
  upgrade = "";
  expectsContinue = false;
  /** The client asked for the connection to end. */
  closes = false;

  constructor({ text, at }: HeadPiece) {
    this.text = text;
    this.#at = at;
  }

  /** The text of a range of the bytes that the head is read from. */
  slice(from: number, to: number): string {
    return this.text.slice(from - this.#at, to - this.#at);
  }

  /** Name of field line `i` as sent. Slow: for tests and `explain`. */
  fieldName(i: number): string {
    return this.#line(i).slice(0, this.#line(i).indexOf(":"));
  }

  /** Value of field line `i` without surrounding white space. Slow: for tests and `explain`. */
  fieldValue(i: number): string {
    return this.#line(i)
      .slice(this.#line(i).indexOf(":") + 1)
      .replace(/^[ \t]+|[ \t]+$/g, "");
  }

  #line(i: number): string {
    return this.text.split("\r\n")[i + 1] ?? "";
  }
}

const VERSION = Buffer.from(" HTTP/1.1\r\n");

/** Bits of the fields that may occur once, and what else must be remembered; `seen` collects them. */
const once = {
  host: 1,
  contentLength: 2,
  contentType: 4,
  contentEncoding: 8,
  authorization: 16,
  origin: 32,
  transferEncoding: 64,
  upgrade: 128,
  webSocketKey: 256,
  /** Upgrade or Sec-WebSocket-Key came twice: no handshake that two servers would read alike. */
  strangeHandshake: 512,
};

/** What the field walk gathers before framing can be decided. */
interface Gathered {
  seen: number;
  /** Some line of Transfer-Encoding was not exactly `chunked`. */
  strangeCoding: boolean;
  cookieLines: number;
  /** Values of Connection, joined; empty without any. */
  connection: string;
  upgrade: string;
}

/**
 * Reads one head, from the method's first byte to the empty line's last, or says why it is refused.
 *
 * The head must end with its only CRLF CRLF: no byte behind it is looked at. Limits on bytes are the caller's; that
 * on fields is checked here.
 */
export function parseRequestHead(
  piece: HeadPiece,
  limits: { readonly headFieldsMax: number },
): RequestHead | AnswerCode {
  const read = readHead(piece, limits.headFieldsMax);
  // A head that arrives in pieces is refused at the first stray byte, so one that comes whole is refused alike.
  return typeof read === "string" && strayByte.test(piece.text) ? "malformed_request" : read;
}

/** A control byte that no head holds, CR and LF apart from each other included. */
const strayByte = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;

function readHead(piece: HeadPiece, fieldsMax: number): RequestHead | AnswerCode {
  const head = new RequestHead(piece);
  const fieldsStart = readRequestLine(head, piece);
  if (typeof fieldsStart === "string") return fieldsStart;
  const gathered: Gathered = { seen: 0, strangeCoding: false, cookieLines: 0, connection: "", upgrade: "" };
  const refusal = readFields(head, piece, fieldsStart, fieldsMax, gathered) || decideFraming(head, gathered);
  if (refusal !== "") return refusal;
  if (gathered.connection !== "" && !applyConnection(head, gathered)) return "protected_field";
  if (gathered.cookieLines > 1) joinCookies(head);
  return head;
}

/** Index of the first field line, or why the request line is refused. */
function readRequestLine(head: RequestHead, { bytes, at }: HeadPiece): number | AnswerCode {
  const methodEnd = tokenEnd(bytes, at);
  if (methodEnd === at || bytes[methodEnd] !== SP) return "malformed_request";
  const end = visibleEnd(bytes, methodEnd + 1);
  if (end === methodEnd + 1) return "malformed_request";
  if (!standsAt(bytes, end, VERSION)) {
    return /^ HTTP\/[0-9]\.[0-9]\r\n/.test(head.slice(end, end + 12)) ? "version_unsupported" : "malformed_request";
  }
  head.method = knownMethod(bytes, at, methodEnd);
  head.target = head.slice(methodEnd + 1, end);
  if (head.method === "") return "unknown_method";
  if (head.method === "TRACE" || head.method === "CONNECT") return "method_refused";
  return end + VERSION.length;
}

/** Walks the field lines from `start`; "" when all are read. */
function readFields(
  head: RequestHead,
  { text, bytes, at }: HeadPiece,
  start: number,
  fieldsMax: number,
  gathered: Gathered,
): AnswerCode | "" {
  let line = start;
  // INVARIANT: [runStart, line) is a run of lines that pass unchanged and are not in `head.passed` yet.
  let runStart = start;
  for (; bytes[line] !== CR; head.fieldCount++) {
    if (head.fieldCount === fieldsMax) return "head_too_large";
    const nameEnd = requestFieldNames.read(bytes, line);
    if (nameEnd === line || bytes[nameEnd] !== COLON) return "malformed_request";
    const { kind } = requestFieldNames;
    if (kind === fieldKind.underscored) return "underscore_field";
    const valueStart = skipSpace(bytes, nameEnd + 1);
    const lineEnd = valueEnd(bytes, valueStart);
    if (lineEnd < 0) return "malformed_request";
    const next = lineEnd + 2;
    const end = trimSpaceEnd(bytes, valueStart, lineEnd);
    const passes = kind === fieldKind.pass || readField(head, gathered, kind, valueStart, end);
    if (typeof passes === "string") return passes;
    const canonical = passes && end === lineEnd && valueStart <= nameEnd + 2;
    if (!canonical) {
      head.passed += head.slice(runStart, line);
      if (passes) head.passed += `${head.slice(line, nameEnd)}: ${head.slice(valueStart, end)}\r\n`;
      runStart = next;
    }
    line = next;
  }
  head.passed += head.slice(runStart, line);
  return bytes[line + 1] === LF && line + 2 === at + text.length ? "" : "malformed_request";
}

/** Takes note of a field that does not simply pass: whether its line passes, or why the request is refused. */
function readField(head: RequestHead, g: Gathered, kind: number, from: number, end: number): boolean | AnswerCode {
  if (kind === fieldKind.drop) return false;
  const value = head.slice(from, end);
  switch (kind) {
    case fieldKind.host:
      head.host = value;
      return single(g, once.host, false);
    case fieldKind.connection:
      g.connection = g.connection === "" ? value : `${g.connection},${value}`;
      return false;
    case fieldKind.cookie:
      g.cookieLines++;
      // An empty line adds nothing: joined, it would leave a value that ends in a blank.
      if (head.cookie === null || head.cookie === "") head.cookie = value;
      else if (value !== "") head.cookie = `${head.cookie}; ${value}`;
      return true;
    case fieldKind.contentLength:
      head.contentLength = parseContentLength(value);
      return single(g, once.contentLength, false);
    case fieldKind.transferEncoding:
      if (value.toLowerCase() !== "chunked" || (g.seen & once.transferEncoding) !== 0) g.strangeCoding = true;
      g.seen |= once.transferEncoding;
      return false;
    case fieldKind.contentType:
      head.contentType = value;
      return single(g, once.contentType, true);
    case fieldKind.contentEncoding:
      head.contentEncoding = value;
      return single(g, once.contentEncoding, false);
    case fieldKind.authorization:
      return single(g, once.authorization, true);
    case fieldKind.origin:
      head.origin = value;
      return single(g, once.origin, true);
    case fieldKind.expect:
      head.expectsContinue = true;
      return value.toLowerCase() === "100-continue" ? false : "expectation_failed";
    case fieldKind.upgrade:
      g.upgrade = value.toLowerCase();
      handshake(g, once.upgrade);
      return false;
    case fieldKind.webSocketKey:
      head.webSocketKey = value;
      handshake(g, once.webSocketKey);
      return true;
    default:
      return readClaim(head, kind, value);
  }
}

/** Fields that are read only to be believed of a trusted proxy; never passed. */
function readClaim(head: RequestHead, kind: number, value: string): false {
  if (kind === fieldKind.forwardedFor)
    head.forwardedFor = head.forwardedFor === null ? value : `${head.forwardedFor},${value}`;
  else if (kind === fieldKind.forwardedProto) head.forwardedProto = head.forwardedProto === null ? value : "";
  else if (kind === fieldKind.requestId) head.requestId = head.requestId === null ? value : "";
  else if (kind === fieldKind.traceparent) head.traceparent = head.traceparent === null ? value : "";
  return false;
}

function single(gathered: Gathered, bit: number, passes: boolean): boolean | AnswerCode {
  if ((gathered.seen & bit) !== 0) return "repeated_field";
  gathered.seen |= bit;
  return passes;
}

function handshake(gathered: Gathered, bit: number): void {
  if ((gathered.seen & bit) !== 0) gathered.seen |= once.strangeHandshake;
  gathered.seen |= bit;
}

/** RFC 9112 section 6.3, without its leniencies. */
function decideFraming(head: RequestHead, gathered: Gathered): AnswerCode | "" {
  const length = (gathered.seen & once.contentLength) !== 0;
  const coding = (gathered.seen & once.transferEncoding) !== 0;
  if (length && (coding || head.contentLength < 0)) return "ambiguous_framing";
  if (gathered.strangeCoding) return "transfer_coding_unsupported";
  if (coding) head.framing = "chunked";
  else if (head.contentLength > 0) head.framing = "length";
  return "";
}

/** Follows Connection; false where it nominates a protected field. */
function applyConnection(head: RequestHead, gathered: Gathered): boolean {
  const { closes, upgrades, nominated } = readConnectionOptions(gathered.connection);
  for (const name of nominated) if (isProtectedField(name)) return false;
  head.closes = closes;
  if (upgrades && (gathered.seen & once.strangeHandshake) === 0) head.upgrade = gathered.upgrade;
  head.passed = withoutFields(head.passed, nominated);
  return true;
}

const cookieName: ReadonlySet<string> = new Set(["cookie"]);

/** Several Cookie lines become one (RFC 9113 section 8.2.3): WSGI servers would join them with a comma. */
function joinCookies(head: RequestHead): void {
  head.passed = `${withoutFields(head.passed, cookieName)}Cookie: ${head.cookie}\r\n`;
}
