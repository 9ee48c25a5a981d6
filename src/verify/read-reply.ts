/** Responses of any edge, read leniently: it is the requests that are judged strictly. */
import type { Reply } from "./types.ts";

/** The first final response in what came, null before its head is whole, and whether its body is, too. */
export interface ReadReply {
  readonly reply: Reply | null;
  readonly complete: boolean;
}

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})/;
const nothing: ReadReply = { reply: null, complete: false };

/** Reads the answer to one request of this method; interim responses are skipped. One char per byte. */
export function readReply(received: string, method: string): ReadReply {
  let rest = received;
  for (;;) {
    const end = /\r?\n\r?\n/.exec(rest);
    const status = Number(STATUS_LINE.exec(rest)?.[1] ?? 0);
    if (end === null || status === 0) return nothing;
    const after = rest.slice(end.index + end[0].length);
    if (status >= 200 || status === 101) return readBody(status, fieldsOf(rest.slice(0, end.index)), after, method);
    rest = after;
  }
}

/** Values of a field, in order; the name in lower case. */
export function fieldValues(reply: Reply, name: string): readonly string[] {
  return reply.fields.flatMap(([given, value]) => (given === name ? [value] : []));
}

/** The first value of a field, empty when it is missing. */
export function fieldValue(reply: Reply, name: string): string {
  return fieldValues(reply, name)[0] ?? "";
}

function fieldsOf(head: string): Reply["fields"] {
  const lines = head
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .slice(1);
  return lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
}

function readBody(status: number, fields: Reply["fields"], rest: string, method: string): ReadReply {
  const reply: Reply = { status, fields, body: "" };
  if (method === "HEAD" || status === 101 || status === 204 || status === 304) return { reply, complete: true };
  if (/\bchunked\b/i.test(fieldValue(reply, "transfer-encoding"))) {
    const { data, complete } = readChunks(rest);
    return { reply: { ...reply, body: data }, complete };
  }
  const length = fieldValue(reply, "content-length");
  if (!/^\d+$/.test(length)) return { reply: { ...reply, body: rest }, complete: false };
  return { reply: { ...reply, body: rest.slice(0, Number(length)) }, complete: rest.length >= Number(length) };
}

function readChunks(text: string): { readonly data: string; readonly complete: boolean } {
  let data = "";
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf("\n", at);
    const size = Number.parseInt(text.slice(at), 16);
    if (lineEnd < 0 || Number.isNaN(size)) return { data, complete: false };
    if (size === 0) return { data, complete: true };
    data += text.slice(lineEnd + 1, lineEnd + 1 + size);
    at = lineEnd + 1 + size;
    while (text[at] === "\r" || text[at] === "\n") at++;
  }
}
