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
  return (
    `${x.bound!.identityAt(x.via, x.scheme)}X-Forwarded-For: ${x.clientAddress}\r\nX-Real-IP: ${x.clientAddress}\r\n` +
    `X-Request-Id: ${x.requestId}\r\ntraceparent: ${x.traceparent}\r\n`
  );
}

/**
 * Names the request and its trace: the ids of a trusted proxy go on where they are valid, else new ones begin here, and
 * the request's id is that of its trace.
 */
export function identify(x: Exchange): void {
  const drawn = x.services.ids.draw();
  const traceId = drawn.slice(0, 32);
  x.requestId = traceId;
  x.traceparent = `00-${traceId}-${drawn.slice(32)}-01`;
  if (x.client.proxies !== null) continueTrace(x, drawn.slice(32));
}

function continueTrace(x: Exchange, spanId: string): void {
  const { requestId, traceparent } = x.head;
  if (requestId !== null && isRequestId(requestId)) x.requestId = requestId;
  if (traceparent !== null && isTraceparent(traceparent)) {
    x.traceparent = `${traceparent.slice(0, 36)}${spanId}${traceparent.slice(52)}`;
  }
}
