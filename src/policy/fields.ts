/**
 * What becomes of each request and response field (DESIGN 3.1): identity belongs to the edge, hop-by-hop fields end
 * here, everything else passes byte for byte.
 *
 * Hot: one walk per field line.
 */
import { FieldNames } from "./field-names.ts";

/** What a reader does with one field. Numbers, because the readers switch on them. */
export const fieldKind = {
  /** Passed on as it is. */
  pass: 0,
  /** Removed: hop-by-hop, or a claim of identity that only the edge may make. */
  drop: 1,
  // Request fields that the edge reads; those marked (p) also pass.
  host: 2,
  connection: 3,
  contentLength: 4,
  transferEncoding: 5,
  expect: 6,
  upgrade: 7,
  /** (p), joined when there are several lines. */
  cookie: 8,
  /** (p) */
  contentType: 9,
  contentEncoding: 10,
  /** (p) */
  authorization: 11,
  /** (p) */
  origin: 12,
  forwardedFor: 13,
  forwardedProto: 14,
  requestId: 15,
  traceparent: 16,
  /** (p) */
  webSocketKey: 17,
  // Response fields that the edge reads.
  setCookie: 18,
  /** (p) */
  location: 19,
  /** (p) */
  webSocketAccept: 20,
  /** (p) The first counts: a server behind a server dates a response again. */
  date: 21,
  /** A request field whose name holds an underscore. */
  underscored: 22,
  /** (p) The first of the fields that may occur once, each with a kind of its own: equal repetitions are folded, others refused. */
  singleton: 32,
} as const;

const requestKinds: Record<string, number> = {
  host: fieldKind.host,
  connection: fieldKind.connection,
  "content-length": fieldKind.contentLength,
  "transfer-encoding": fieldKind.transferEncoding,
  expect: fieldKind.expect,
  upgrade: fieldKind.upgrade,
  cookie: fieldKind.cookie,
  "content-type": fieldKind.contentType,
  "content-encoding": fieldKind.contentEncoding,
  authorization: fieldKind.authorization,
  origin: fieldKind.origin,
  "x-forwarded-for": fieldKind.forwardedFor,
  "x-forwarded-proto": fieldKind.forwardedProto,
  "x-request-id": fieldKind.requestId,
  traceparent: fieldKind.traceparent,
  "sec-websocket-key": fieldKind.webSocketKey,
  "keep-alive": fieldKind.drop,
  te: fieldKind.drop,
  trailer: fieldKind.drop,
  "http2-settings": fieldKind.drop,
  proxy: fieldKind.drop,
  forwarded: fieldKind.drop,
  "x-real-ip": fieldKind.drop,
  "x-client-ip": fieldKind.drop,
  "x-cluster-client-ip": fieldKind.drop,
  "true-client-ip": fieldKind.drop,
  "fastly-client-ip": fieldKind.drop,
  "x-host": fieldKind.drop,
  // A trace that the edge did not begin or continue must not be vouched for.
  tracestate: fieldKind.drop,
};

/** Names under which proxies, frameworks and Odoo add-ons take somebody's word for who asks and for what. */
export const requestPrefixes: readonly string[] = [
  "x-forwarded-",
  "cf-connecting-",
  "x-odoo-",
  "x-openerp-",
  "x-accel-",
  "x-sendfile",
  "x-http-",
  "x-envoy-",
  "x-original-",
  "x-rewrite-",
  "proxy-",
];

/** Request fields, lower case, that never pass as they came, beside those with one of `requestPrefixes`. */
export const removedRequestFields: readonly string[] = Object.entries(requestKinds)
  .filter(([, kind]) => kind === fieldKind.drop || kind === fieldKind.requestId || kind === fieldKind.traceparent)
  .map(([name]) => name);

/** End-to-end response fields, lower case, that no client receives, beside those with one of `responsePrefixes`. */
export const removedResponseFields: readonly string[] = ["server", "x-sendfile"];

/** Response fields that may occur once. At most 32: a reader has a bit for each. */
const singletons = [
  "content-type",
  "content-disposition",
  "content-range",
  "content-encoding",
  "content-location",
  "etag",
  "last-modified",
  "expires",
  "age",
  "retry-after",
  "access-control-allow-origin",
];

const responseKinds: Record<string, number> = {
  connection: fieldKind.connection,
  "content-length": fieldKind.contentLength,
  "transfer-encoding": fieldKind.transferEncoding,
  upgrade: fieldKind.upgrade,
  "set-cookie": fieldKind.setCookie,
  location: fieldKind.location,
  "sec-websocket-accept": fieldKind.webSocketAccept,
  "keep-alive": fieldKind.drop,
  "proxy-connection": fieldKind.drop,
  te: fieldKind.drop,
  trailer: fieldKind.drop,
  date: fieldKind.date,
  ...Object.fromEntries(removedResponseFields.map((name) => [name, fieldKind.drop])),
  ...Object.fromEntries(singletons.map((name, i) => [name, fieldKind.singleton + i])),
};

/** Names by which a worker speaks to a proxy of its own. */
export const responsePrefixes: readonly string[] = ["x-accel-"];

const { drop, pass, underscored } = fieldKind;

/** Names of request fields, in any case. An underscore is refused: WSGI servers read it as a hyphen. */
export const requestFieldNames = new FieldNames({
  kinds: new Map(Object.entries(requestKinds)),
  prefixes: requestPrefixes,
  prefixKind: drop,
  otherKind: pass,
  underscoreKind: underscored,
});

/** Names of response fields, in any case. */
export const responseFieldNames = new FieldNames({
  kinds: new Map(Object.entries(responseKinds)),
  prefixes: responsePrefixes,
  prefixKind: drop,
  otherKind: pass,
  underscoreKind: null,
});

const protectedNames = new Set(["host", "cookie", "authorization", "origin", "transfer-encoding"]);

/** Whether `Connection` may not nominate this lower-cased field name (DESIGN 3.1). */
export function isProtectedField(name: string): boolean {
  return protectedNames.has(name) || name.startsWith("content-") || name.startsWith("x-forwarded-");
}
