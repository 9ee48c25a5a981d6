/** The one place that turns a code into what the client receives. */
import { allowedMethods, jsonRpcError, PLAIN_TYPE, retryAfterS } from "../core/answer-form.ts";
import { type AnswerCode, answerTable } from "../core/answers.ts";
import { jsonTypes, mediaType } from "../policy/guard/media-type.ts";
import type { Exchange } from "./exchange.ts";
import { reasonPhrase } from "./http1/reason.ts";
import { rateFields } from "./rate-fields.ts";

/** Whoever is told so tends to come again at once: a new connection would cost the edge more than the answer. */
const FLOOD_STATUS = 429;

/** Sends the answer for `code`, or cuts the connection where nothing can be said any more. */
export function answer(x: Exchange, code: AnswerCode): void {
  const connection = x.connection;
  x.relay?.abandon();
  if (connection === null) return;
  if (answerTable[code].status === 0 || x.relay?.started === true) return connection.reset();
  if (answerTable[code].status === FLOOD_STATUS && !x.bodyRead) x.bodyRead = connection.dropBody(x);
  const { head, body } = composeAnswer(x, code);
  const sent = x.method === "HEAD" ? "" : body;
  x.bytesOut = sent.length;
  connection.write(head + sent);
}

/** The answer for `code`, and with it whether the client's connection ends. Also asked by `explain`. */
export function composeAnswer(x: Exchange, code: AnswerCode): { readonly head: string; readonly body: string } {
  const form = formOf(x);
  x.status = inProtocol(x, code) ? 200 : answerTable[code].status;
  // After a malformed request nothing that follows on the connection can be trusted.
  x.closes = !x.bodyRead || x.status === 400 || x.head.closes || x.services.draining || endsClient(x, code);
  const body = form.write(code, x.guardMessage || answerTable[code].body);
  return { head: answerHead(x, code, form.type, Buffer.byteLength(body)), body };
}

/** An overloaded edge lets go of a client that it refuses; not of a proxy, which has other clients behind it. */
function endsClient(x: Exchange, code: AnswerCode): boolean {
  return code === "overloaded" && x.client.proxies === null;
}

/**
 * Whether the answer is one of the caller's own protocol, which has no status: RPC clients read a refusal of the guard in
 * no other way. Never to Envoy's question whether a request may pass: there 200 is a yes.
 */
function inProtocol(x: Exchange, code: AnswerCode): boolean {
  return code === "guard_refused" && x.guardProtocol !== "none" && x.services.mode !== "authorizer";
}

/** The status line and fields of an answer, with the empty line. */
function answerHead(x: Exchange, code: AnswerCode, type: string, bodyBytes: number): string {
  const { status } = x;
  let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nContent-Type: ${type}\r\nContent-Length: ${bodyBytes}\r\nCache-Control: no-store\r\n`;
  const retryS = x.retryAfterMs > 0 ? Math.ceil(x.retryAfterMs / 1000) : retryAfterS[code];
  if (retryS !== undefined) head += `Retry-After: ${retryS}\r\n`;
  if (code === "rate_limited") head += rateFields(x);
  if (code === "alias_redirect") head += `Location: ${canonicalUrl(x)}\r\n`;
  if (code === "method_refused")
    head += `Allow: ${x.rule === "rpc" ? allowedMethods.rpc : allowedMethods.elsewhere}\r\n`;
  if (code === "version_unsupported") return `${head}Upgrade: HTTP/1.1\r\nConnection: upgrade, close\r\n\r\n`;
  return x.closes ? `${head}Connection: close\r\n\r\n` : `${head}\r\n`;
}

/** How an answer's body is written, by what its reader can read. */
interface AnswerForm {
  readonly type: string;
  write(code: AnswerCode, message: string): string;
}

const asText: AnswerForm = { type: PLAIN_TYPE, write: (_code, message) => message };

const asJsonRpc: AnswerForm = { type: "application/json", write: jsonRpcError };

/** Odoo's own fault code for an access that was denied (`odoo/addons/rpc`, RPC_FAULT_CODE_ACCESS_DENIED). */
const ACCESS_DENIED = 3;

const asXmlRpc: AnswerForm = {
  type: "text/xml; charset=utf-8",
  write(_code, message) {
    const text = message.replace(/[&<>]/g, (special) => `&#${special.charCodeAt(0)};`);
    return (
      `<?xml version='1.0'?>\n<methodResponse><fault><value><struct>` +
      `<member><name>faultCode</name><value><int>${ACCESS_DENIED}</int></value></member>` +
      `<member><name>faultString</name><value><string>${text}</string></value></member>` +
      `</struct></value></fault></methodResponse>\n`
    );
  },
};

function formOf(x: Exchange): AnswerForm {
  if (x.guardProtocol === "xml-rpc") return asXmlRpc;
  if (x.guardProtocol === "json-rpc" || jsonTypes.has(mediaType(x.head.contentType))) return asJsonRpc;
  return asText;
}

/** Where an alias leads: the same path and query on the tenant's own hostname. */
function canonicalUrl(x: Exchange): string {
  const authority = x.bound!.hostname + x.via.portSuffix[x.scheme];
  return `${x.scheme}://${authority}${x.path}${x.hasQuery ? `?${x.query}` : ""}`;
}
