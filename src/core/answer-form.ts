/** How answers of the edge's own are written: what both edges, ours and Envoy, must say alike. */
import { type AnswerCode, answerTable } from "./answers.ts";

/** What Retry-After says where nothing better is known, in seconds. */
export const retryAfterS: Partial<Record<AnswerCode, number>> = {
  rate_limited: 1,
  login_delayed: 1,
  login_blocked: 30,
  limits_unavailable: 5,
  maintenance: 120,
  suspended: 3600,
  overloaded: 5,
  queue_full: 2,
  queue_timeout: 2,
  sockets_exhausted: 5,
  no_healthy_upstream: 5,
  binding_lost: 30,
  body_storage: 5,
  drained: 1,
};

/** Media type of an answer in plain text. */
export const PLAIN_TYPE = "text/plain; charset=utf-8";

/** An error object of JSON-RPC 2.0 with the `data` that Odoo's clients show; they take anything else for a lost connection. */
export function jsonRpcError(code: AnswerCode, message: string): string {
  const data = { name: `hostward.${code}`, message, arguments: [message], debug: "", code };
  return JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: answerTable[code].status, message, data } });
}

/** What a 405 says in Allow, for RPC endpoints and elsewhere. */
export const allowedMethods = {
  rpc: "POST, OPTIONS",
  elsewhere: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
} as const;
