/**
 * A second, slower reader of HTTP/1.1 messages, for judging bytes: it names every fault that some server on the path
 * could read another way, and never repairs one. Strings are latin-1: one character per byte.
 */

/** A field line: the name as sent, the value without surrounding blanks. */
export type StrictField = readonly [name: string, value: string];

export interface StrictHead {
  /** The request or status line. */
  readonly start: string;
  readonly fields: readonly StrictField[];
  /** Index of the first byte after the head. */
  readonly end: number;
  readonly faults: string[];
}

export type StrictFraming = "none" | "close" | "chunked" | number;

export interface StrictBody {
  readonly body: string;
  /** Index of the first byte after the body. */
  readonly end: number;
}

const tokenPattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The head that starts at `from`, or undefined while its empty line has not come. */
export function readStrictHead(text: string, from: number): StrictHead | undefined {
  const end = text.indexOf("\r\n\r\n", from);
  if (end < 0) return undefined;
  const faults: string[] = [];
  const [start = "", ...lines] = text.slice(from, end).split("\r\n");
  if (/[\r\n]/.test(start)) faults.push("bare CR or LF in the start line");
  const fields = lines.map((line) => readField(line, faults));
  return { start, fields, end: end + 4, faults };
}

function readField(line: string, faults: string[]): StrictField {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
  if (/^[ \t]/.test(line)) faults.push("folded field line");
  else if (!tokenPattern.test(name)) faults.push(`field name ${JSON.stringify(name)} is no token`);
  if (name.includes("_")) faults.push(`underscore in field name ${name}`);
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) faults.push(`control byte in the value of ${name}`);
  return [name, value];
}

/** Values of every field called `name`, in order. */
export function fieldValues(fields: readonly StrictField[], name: string): string[] {
  return fields.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);
}

/** How a request's body ends. Anything but one Content-Length of 1 to 15 digits, or one exact `chunked`, is a fault. */
export function requestFraming(head: StrictHead): StrictFraming {
  return framingOf(head) ?? "none";
}

/** How a response's body ends (RFC 9112 section 6.3), given what was asked. */
export function responseFraming(head: StrictHead, status: number, method: string): StrictFraming {
  const framing = framingOf(head) ?? "close";
  return method === "HEAD" || status < 200 || status === 204 || status === 304 ? "none" : framing;
}

function framingOf(head: StrictHead): StrictFraming | undefined {
  const lengths = fieldValues(head.fields, "content-length");
  const codings = fieldValues(head.fields, "transfer-encoding");
  if (lengths.length + codings.length > 1) head.faults.push("more than one Content-Length or Transfer-Encoding");
  if (codings.length > 0) {
    if (codings[0] !== "chunked") head.faults.push(`Transfer-Encoding ${JSON.stringify(codings[0])}`);
    return "chunked";
  }
  const [length] = lengths;
  if (length === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(length)) head.faults.push(`Content-Length ${JSON.stringify(length)}`);
  return Number.parseInt(length, 10) || 0;
}

/** The body that starts at `from`, or undefined while it is incomplete; `ended` says that no more bytes will come. */
export function readStrictBody(
  text: string,
  from: number,
  framing: StrictFraming,
  faults: string[],
  ended: boolean,
): StrictBody | undefined {
  if (framing === "none") return { body: "", end: from };
  if (framing === "chunked") return readChunked(text, from, faults);
  if (framing === "close") return ended ? { body: text.slice(from), end: text.length } : undefined;
  return text.length < from + framing ? undefined : { body: text.slice(from, from + framing), end: from + framing };
}

/** Chunks with bare hexadecimal sizes and no trailers; after a fault the rest of the bytes has no meaning. */
function readChunked(text: string, from: number, faults: string[]): StrictBody | undefined {
  let body = "";
  for (let at = from; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    if (!/^[0-9A-Fa-f]{1,8}$/.test(line)) {
      faults.push(`chunk size ${JSON.stringify(line)}`);
      return { body, end: text.length };
    }
    const size = Number.parseInt(line, 16);
    const dataEnd = lineEnd + 2 + size;
    if (text.length < dataEnd + 2) return undefined;
    body += text.slice(lineEnd + 2, dataEnd);
    if (!text.startsWith("\r\n", dataEnd)) faults.push(size === 0 ? "trailer section" : "chunk without its CRLF");
    if (size === 0 || faults.length > 0) return { body, end: size === 0 ? dataEnd + 2 : text.length };
    at = dataEnd + 2;
  }
}
