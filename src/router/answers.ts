/** The one place that turns a code into what the client receives. */
import { type AnswerCode, answerTable } from "../core/answers.ts";
import type { Exchange } from "./exchange.ts";
import { reasonPhrase } from "./http1/reason.ts";

/** What Retry-After says where nothing better is known, in seconds. */
const retryAfterS: Partial<Record<AnswerCode, number>> = {
  rate_limited: 1,
  maintenance: 120,
  suspended: 3600,
  queue_full: 2,
  queue_timeout: 2,
  sockets_exhausted: 5,
  no_healthy_upstream: 5,
  binding_lost: 30,
  body_storage: 5,
  drained: 1,
};

const allowed: Partial<Record<string, string>> = { rpc: "POST, OPTIONS" };
const ALLOWED_ELSEWHERE = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** Sends the answer for `code`, or cuts the connection where nothing can be said any more. */
export function answer(x: Exchange, code: AnswerCode): void {
  const connection = x.connection;
  x.relay?.abandon();
  if (connection === null) return;
  if (answerTable[code].status === 0 || x.relay?.started === true) return connection.reset();
  const { head, body } = composeAnswer(x, code);
  const sent = x.method === "HEAD" ? "" : body;
  x.bytesOut = sent.length;
  connection.sendAnswer(head + sent);
}

/** The answer for `code`, and with it whether the client's connection ends. Also asked by `explain`. */
export function composeAnswer(x: Exchange, code: AnswerCode): { readonly head: string; readonly body: string } {
  x.status = answerTable[code].status;
  // After a malformed request nothing that follows on the connection can be trusted.
  x.closes = !x.bodyRead || x.status === 400 || x.head.closes || x.services.draining;
  const body = answerBody(x, code);
  return { head: answerHead(x, code, Buffer.byteLength(body), x.closes), body };
}

/** The status line and fields of an answer, with the empty line. */
function answerHead(x: Exchange, code: AnswerCode, bodyBytes: number, closes: boolean): string {
  const { status } = answerTable[code];
  const type = isJson(x.head.contentType) ? "application/json" : "text/plain; charset=utf-8";
  let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nContent-Type: ${type}\r\nContent-Length: ${bodyBytes}\r\nCache-Control: no-store\r\n`;
  const retryS = x.retryAfterMs > 0 ? Math.ceil(x.retryAfterMs / 1000) : retryAfterS[code];
  if (retryS !== undefined) head += `Retry-After: ${retryS}\r\n`;
  if (code === "alias_redirect") head += `Location: ${canonicalUrl(x)}\r\n`;
  if (code === "method_refused") head += `Allow: ${allowed[x.rule] ?? ALLOWED_ELSEWHERE}\r\n`;
  if (code === "version_unsupported") return `${head}Upgrade: HTTP/1.1\r\nConnection: upgrade, close\r\n\r\n`;
  return closes ? `${head}Connection: close\r\n\r\n` : `${head}\r\n`;
}

/** Text for people and programs; for Odoo's web client an error object, as it takes anything else for a lost connection. */
function answerBody(x: Exchange, code: AnswerCode): string {
  const { body, status } = answerTable[code];
  if (!isJson(x.head.contentType)) return body;
  const data = { name: `hostward.${code}`, message: body, arguments: [body], debug: "", code };
  return JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: status, message: body, data } });
}

/** `application/json` or `application/json-rpc`, as Odoo's dispatcher compares: any case, parameters ignored. */
function isJson(contentType: string): boolean {
  if (contentType === "") return false;
  const end = contentType.indexOf(";");
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return type === "application/json" || type === "application/json-rpc";
}

/** Where an alias leads: the same path and query on the tenant's own hostname. */
function canonicalUrl(x: Exchange): string {
  const authority = x.bound!.hostname + x.via.portSuffix[x.scheme];
  return `${x.scheme}://${authority}${x.path}${x.hasQuery ? `?${x.query}` : ""}`;
}
