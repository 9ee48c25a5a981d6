import type { Exchange } from "./exchange.ts";
import type { ResponseHead } from "./http1/read-response-head.ts";
import { rateFields } from "./rate-fields.ts";

/** How the body of a response goes to the client. */
export interface ClientFraming {
  /** Re-framed in chunks: the worker's end is not known beforehand. */
  readonly chunks: boolean;
  readonly body: boolean;
}

/** A body whose end is known from its length keeps it; any other is sent in chunks, so that a cut shows. */
export function clientFraming(response: ResponseHead): ClientFraming {
  if (response.framing === "none") return noBody;
  return response.framing === "length" ? asLength : asChunks;
}

const noBody: ClientFraming = { chunks: false, body: false };
const asLength: ClientFraming = { chunks: false, body: true };
const asChunks: ClientFraming = { chunks: true, body: true };

/** The head that the client receives: status line, the worker's lines that pass, framing and connection rebuilt. */
export function responseHead(x: Exchange, response: ResponseHead, framing: ClientFraming, closes: boolean): string {
  let head = `HTTP/1.1 ${response.status} ${response.reason}\r\n${response.passed}${rateFields(x)}`;
  if (framing.chunks) head += "Transfer-Encoding: chunked\r\n";
  else if (response.contentLength >= 0 && response.status !== 204)
    head += `Content-Length: ${response.contentLength}\r\n`;
  else if (framing.body || (x.method !== "HEAD" && response.status !== 204 && response.status !== 304))
    head += "Content-Length: 0\r\n";
  return closes ? `${head}Connection: close\r\n\r\n` : `${head}\r\n`;
}

export function interimText(response: ResponseHead): string {
  return `HTTP/1.1 ${response.status} ${response.reason}\r\n${response.passed}\r\n`;
}

/** The head that opens a tunnel. */
export function switchingHead(response: ResponseHead): string {
  return `HTTP/1.1 101 ${response.reason}\r\n${response.passed}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
}

/**
 * Whether a Location leads to Odoo's database selector, also behind a language prefix: the worker found no database
 * for this hostname (`ensure_db`, all majors).
 */
export function leadsToSelector(location: string): boolean {
  const path = location.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return /^(\/[^/]+)?\/+web\/+database\/+(selector|manager|create)\/*$/.test(path);
}
