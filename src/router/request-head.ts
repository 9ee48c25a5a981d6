import type { Exchange } from "./exchange.ts";
import { isRequestId, isTraceparent } from "./request-ids.ts";

/**
 * The head that the worker receives: the request line and framing rebuilt, the lines that pass, and last, single-valued,
 * the identity that only the edge may claim (DESIGN 3.1).
 */
export function requestHead(x: Exchange): string {
  const { head } = x;
  const target = x.hasQuery ? `${x.path}?${x.query}` : x.path;
  return `${x.method} ${target} HTTP/1.1\r\n${head.passed}${framing(x)}${x.upgrade ? UPGRADE : ""}${identity(x)}\r\n`;
}

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
const methodsWithBody = new Set(["POST", "PUT", "PATCH"]);

/** One exact Content-Length; none where neither a body came nor the method promises one. */
function framing(x: Exchange): string {
  if (x.body !== null) return `Content-Length: ${x.body.length}\r\n`;
  return methodsWithBody.has(x.method) ? "Content-Length: 0\r\n" : "";
}

function identity(x: Exchange): string {
  const authority = x.bound!.hostname + x.via.portSuffix[x.scheme];
  return (
    `Host: ${authority}\r\nX-Forwarded-Host: ${authority}\r\nX-Forwarded-Proto: ${x.scheme}\r\n` +
    `X-Forwarded-For: ${x.clientAddress}\r\nX-Real-IP: ${x.clientAddress}\r\n` +
    `X-Request-Id: ${x.requestId}\r\ntraceparent: ${traceparent(x)}\r\n`
  );
}

/** Draws this request's id, or takes over the one of a trusted proxy. */
export function identify(x: Exchange): void {
  const drawn = x.services.ids.draw();
  const given = x.client.peerTrusted ? x.head.requestId : null;
  x.requestId = given !== null && isRequestId(given) ? given : drawn.slice(0, 32);
  x.spanId = drawn.slice(32);
}

/** The trace goes on where a trusted proxy's is valid (W3C Trace Context), else a new one begins with this request. */
function traceparent(x: Exchange): string {
  const given = x.client.peerTrusted ? x.head.traceparent : null;
  if (given !== null && isTraceparent(given)) return `${given.slice(0, 36)}${x.spanId}${given.slice(52)}`;
  const traceId =
    x.requestId.length === 32 && /^[0-9a-f]+$/.test(x.requestId) ? x.requestId : x.services.ids.draw().slice(0, 32);
  return `00-${traceId}-${x.spanId}-01`;
}
