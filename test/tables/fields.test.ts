import t from "tap";
import type { FieldNames } from "../../src/policy/field-names.ts";
import { fieldKind, isProtectedField, requestFieldNames, responseFieldNames } from "../../src/policy/fields.ts";

const kindNames = Object.keys(fieldKind) as (keyof typeof fieldKind)[];
const nameOf = (kind: number) => kindNames.find((name) => fieldKind[name] === Math.min(kind, fieldKind.singleton));
const words = (text: string) => text.split(" ");

const request: ReadonlyArray<readonly [rule: string, names: string, want: keyof typeof fieldKind]> = [
  ["hop-by-hop fields", "Keep-Alive TE Trailer HTTP2-Settings Proxy-Connection Proxy-Authorization", "drop"],
  ["claims of an address", "Forwarded X-Real-IP X-Client-IP X-Cluster-Client-IP True-Client-IP Fastly-Client-IP CF-Connecting-IP CF-Connecting-IPv6", "drop"],
  ["claims of a forwarder", "X-Forwarded-Host X-Forwarded-Port X-Forwarded-Server X-Forwarded-Prefix X-Forwarded-Anything X-Host", "drop"],
  ["claims to Odoo", "X-Odoo-Database X-Odoo-dbfilter X-OpenERP-dbfilter X-Odoo-", "drop"],
  ["claims to a server", "X-Accel-Redirect X-Sendfile X-Sendfile-Type X-HTTP-Method-Override X-Envoy-Original-Path X-Original-URL X-Rewrite-URL", "drop"],
  ["httpoxy", "Proxy Proxy-Anything", "drop"],
  ["a trace nobody vouches for", "tracestate", "drop"],
  ["what a trusted proxy says is read", "X-Forwarded-For", "forwardedFor"],
  ["and its scheme", "X-Forwarded-Proto", "forwardedProto"],
  ["and its id", "X-Request-ID X-Request-Id", "requestId"],
  ["and its trace", "traceparent Traceparent", "traceparent"],
  ["the tenant", "Host", "host"],
  ["the connection", "Connection", "connection"],
  ["framing by length", "Content-Length", "contentLength"],
  ["framing by coding", "Transfer-Encoding", "transferEncoding"],
  ["an expectation", "Expect", "expect"],
  ["an upgrade", "Upgrade", "upgrade"],
  ["cookies", "Cookie", "cookie"],
  ["the type of a body", "Content-Type", "contentType"],
  ["the coding of a body", "Content-Encoding", "contentEncoding"],
  ["credentials", "Authorization", "authorization"],
  ["the origin", "Origin", "origin"],
  ["the key of a handshake", "Sec-WebSocket-Key", "webSocketKey"],
  ["what browsers send", "Accept User-Agent Referer DNT Range Sec-Fetch-Site X-Requested-With Sec-WebSocket-Version If-Range", "pass"],
  ["names that only begin alike", "X-Odoo X-Hostname Hostess X-Forward Proxied X-HTTPS CF-Ray Cookies TEA Expected", "pass"],
  ["names of properties", "constructor toString hasOwnProperty", "pass"],
  ["names that servers read in two ways", "a_b _ Content_Length X_Odoo_Database X-Odoo_a x-forwarded-for_ __proto__ Host_", "underscored"],
]; // biome-ignore format: one row, one line
const response: typeof request = [
  ["hop-by-hop fields", "Keep-Alive TE Trailer Proxy-Connection", "drop"],
  ["what is for a front server", "X-Accel-Redirect X-Accel-Buffering X-Sendfile", "drop"],
  ["who the server is", "Server", "drop"],
  ["framing by length", "Content-Length", "contentLength"],
  ["framing by coding", "Transfer-Encoding", "transferEncoding"],
  ["the connection", "Connection", "connection"],
  ["an upgrade", "Upgrade", "upgrade"],
  ["cookies", "Set-Cookie", "setCookie"],
  ["a redirect", "Location", "location"],
  ["the proof of a handshake", "Sec-WebSocket-Accept", "webSocketAccept"],
  ["the date", "Date", "date"],
  ["what may be said once", "Content-Type Content-Disposition Content-Range Content-Encoding Content-Location ETag Last-Modified Expires Age Retry-After Access-Control-Allow-Origin", "singleton"],
  ["what may be said again", "Link Vary WWW-Authenticate Cache-Control Content-Security-Policy Allow Via Warning X-Robots-Tag", "pass"],
  ["underscores", "a_b X_Sendfile Content_Length Server_", "pass"],
  ["what only requests may not carry", "X-Odoo-Database X-Forwarded-Host Host Cookie", "pass"],
]; // biome-ignore format: one row, one line
/** What `names` reads in a line of the field; the whole name must be read. */
function kindOf(names: FieldNames, name: string): string | undefined {
  const end = names.read(Buffer.from(`${name}: value`), 0);
  return end === name.length ? nameOf(names.kind) : `read ${end} bytes`;
}

for (const [rule, names, want] of request) {
  for (const name of words(names).flatMap((n) => [n, n.toLowerCase(), n.toUpperCase()]))
    t.equal(kindOf(requestFieldNames, name), want, `request: ${rule}: ${name}`);
}
for (const [rule, names, want] of response) {
  for (const name of words(names).flatMap((n) => [n, n.toLowerCase(), n.toUpperCase()]))
    t.equal(kindOf(responseFieldNames, name), want, `response: ${rule}: ${name}`);
}

const kept =
  "host cookie authorization origin transfer-encoding content-length content-type content-x x-forwarded-for x-forwarded-host";
for (const name of words(kept)) t.ok(isProtectedField(name), `Connection may not nominate ${name}`);
for (const name of words("x-a te keep-alive upgrade content contents hosts range x-forwarded"))
  t.notOk(isProtectedField(name), `Connection may nominate ${name}`);
