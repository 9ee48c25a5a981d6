/**
 * What becomes of each request and response field (DESIGN 3.1): identity belongs to the edge, hop-by-hop fields end
 * here, everything else passes byte for byte.
 *
 * Hot: one `requestField` or `responseField` per field line. Common spellings are found by one Map lookup; others are
 * lower-cased and classified without being remembered, so that no client can make a table grow.
 */

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
  /** (p) Fields that may occur once: equal repetitions are folded, others refused. */
  singleton: 20,
  /** (p) */
  webSocketAccept: 21,
  /** (p) The first counts: a server behind a server dates a response again. */
  date: 22,
} as const;

export type FieldKind = (typeof fieldKind)[keyof typeof fieldKind];

const requestKinds: Record<string, FieldKind> = {
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

const responseKinds: Record<string, FieldKind> = {
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
  "content-type": fieldKind.singleton,
  "content-disposition": fieldKind.singleton,
  "content-range": fieldKind.singleton,
  "content-encoding": fieldKind.singleton,
  "content-location": fieldKind.singleton,
  etag: fieldKind.singleton,
  "last-modified": fieldKind.singleton,
  expires: fieldKind.singleton,
  age: fieldKind.singleton,
  "retry-after": fieldKind.singleton,
  "access-control-allow-origin": fieldKind.singleton,
};

/** Names by which a worker speaks to a proxy of its own. */
export const responsePrefixes: readonly string[] = ["x-accel-"];

/** End-to-end response fields, lower case, that no client receives, beside those with one of `responsePrefixes`. */
export const removedResponseFields: readonly string[] = ["server", "x-sendfile"];

/** Fields that browsers and API clients send with every request and that simply pass. */
const commonPassing = [
  "accept", "accept-encoding", "accept-language", "cache-control", "dnt", "if-modified-since", "if-none-match", "pragma",
  "priority", "range", "referer", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode",
  "sec-fetch-site", "sec-fetch-user", "sec-websocket-extensions", "sec-websocket-version", "upgrade-insecure-requests",
  "user-agent", "x-requested-with", "accept-ranges", "access-control-allow-headers", "access-control-allow-methods",
  "content-security-policy", "referrer-policy", "strict-transport-security", "vary", "x-content-type-options", "x-frame-options",
]; // biome-ignore format: a word list

/** `content-type` → `Content-Type`. */
function titleCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());
}

function classify(name: string, kinds: Map<string, FieldKind>, dropped: RegExp): FieldKind {
  return kinds.get(name) ?? (dropped.test(name) ? fieldKind.drop : fieldKind.pass);
}

function compileKinds(table: Record<string, FieldKind>, prefixes: readonly string[]): (name: string) => FieldKind {
  const kinds = new Map(Object.entries(table));
  // One expression: prefixes hold letters and hyphens only.
  const dropped = new RegExp(`^(?:${prefixes.join("|")})`);
  const spelled = new Map<string, FieldKind>();
  for (const name of [...kinds.keys(), ...commonPassing]) {
    spelled.set(name, classify(name, kinds, dropped));
    spelled.set(titleCase(name), classify(name, kinds, dropped));
  }
  return (name) => spelled.get(name) ?? classify(name.toLowerCase(), kinds, dropped);
}

/** Kind of a request field, the name in any case. */
export const requestField = compileKinds(requestKinds, requestPrefixes);

/** Kind of a response field, the name in any case. */
export const responseField = compileKinds(
  { ...responseKinds, ...Object.fromEntries(removedResponseFields.map((name) => [name, fieldKind.drop])) },
  responsePrefixes,
);

const protectedNames = new Set(["host", "cookie", "authorization", "origin", "transfer-encoding"]);

/** Whether `Connection` may not nominate this lower-cased field name (DESIGN 3.1). */
export function isProtectedField(name: string): boolean {
  return protectedNames.has(name) || name.startsWith("content-") || name.startsWith("x-forwarded-");
}
