import { direct, named, row, unjudged } from "./types.ts";

const ENVOY_FIELDS_MAX = 100;
const ENVOY_HEAD_BYTES = 60 * 1024;

/** Steps 1 to 5: how a request is read, and whose it is. */
export const requestRows = [
  row("1 read", "head-grammar", "stricter", "strict HTTP/1.1 grammar; anything else is refused and closed", "Envoy also reads folded lines, bare LF, lone CR, blanks in the request line and around chunk sizes; it writes every request anew, with one framing"),
  row("1 read", "head-refusals", "same", "one framing; unknown methods, Content-Length with Transfer-Encoding, codings other than `chunked`", "Envoy's own codec, in its words"),
  row("1 read", "head-repeated", "stricter", "a repeated Host, Content-Type, Content-Encoding, Authorization or Origin is 400", "Envoy joins the lines, and answers a repeated Host with 404"),
  row("1 read", "head-nominated", "stricter", "`Connection` may not nominate an end-to-end field", "Envoy refuses this for Host and X-Forwarded-*, and drops what is nominated otherwise"),
  row("1 read", "head-version", "stricter", "any version but HTTP/1.1 is 426", "Envoy also serves HTTP/2 with prior knowledge; other versions are 426"),
  row("1 read", "head-length", "lost", "Content-Length is written anew", "Envoy passes leading zeros on, which every worker reads as the same number"),
  row("1 read", "head-limits", "same", "100 fields, 60 KiB with the request line: 431", "Envoy's own limits"),
  row("1 read", "head-limits-other", "lost", "other limits of the head, as the Edge sets them", "Envoy Gateway has no field for them: keep `http.headFieldsMax` at 100 and `http.headBytesMax` at 60Ki, or write an EnvoyPatchPolicy for the listener, which has to be allowed in Envoy Gateway's own configuration first", {
    concerns: ({ edge: { http } }) => (http.headFieldsMax === ENVOY_FIELDS_MAX && http.headBytesMax === ENVOY_HEAD_BYTES ? "" : "the Edge's `http`"),
  }),
  row("1 read", "head-timeout", "same", "a head that is not complete in time", "`requestHeadersReceivedTimeout`"),
  row("1 read", "methods", "same", "TRACE and CONNECT are refused", "rule `trace` of each route, and Envoy's routing (404)"),
  row("1 read", "expectation", "stricter", "Expect other than 100-continue is 417", "Envoy ignores other expectations and drops the field", { policies: ["field-names.ts", "fields.ts"] }),
  row("1 read", "listeners", "lost", "several listeners", "only the first is emitted: put it first that clients come to, and give each further one an overlay in which it is the only one, with a `gateway.name`, namespace and class of its own, emitted into a folder of its own", {
    concerns: ({ edge }) => named("listener", edge.listeners.slice(1)),
  }),
  row("2 target", "target-form", "stricter", "origin-form, or absolute-form http without userinfo beside a valid Host", "Envoy drops userinfo, and takes an absolute form whatever Host says", { policies: ["target.ts"] }),
  row("2 target", "target-empty-path", "wider", "an absolute form with a query and no path", "Envoy finds no route: 404", { policies: ["target.ts"] }),
  row("2 target", "target-bytes", "same", "bytes outside 0x21 to 0x7e and `#` are refused", "Envoy's codec", { policies: ["target.ts"] }),
  row("2 target", "target-asterisk", "same", "`OPTIONS *` is 404", "no route has such a path", { policies: ["target.ts"] }),
  row("3 path", "path-canonical", "same", "escaped slashes and unreserved decoded, dot segments resolved", "`UnescapeAndForward` and Envoy's normalisation", { policies: ["path.ts"] }),
  row("3 path", "path-slashes", "same", "inner runs of slashes stay, and are judged merged", "`disableMergeSlashes`; routes read a run of slashes as one", { policies: ["path.ts"] }),
  row("3 path", "path-refused", "same", "an invalid escape, an escaped control character: 400", "rule `malformed` of each route; a host without a tenant gets its 404 first", { policies: ["path.ts"] }),
  row("3 path", "path-refused-removed", "stricter", "an invalid escape in a segment that dot segments remove, or an escaped backslash beside `..;`: 400", "Envoy resolves dot segments before its routes see the path; what was removed reaches nobody", { policies: ["path.ts"] }),
  row("3 path", "path-dots-escaped", "wider", "`%2E%2E;x` is a dot segment, as `..;x` is", "rule `malformed` of each route: 400; Envoy takes parameters away before it decodes dots, and would pass on `..;x`", { policies: ["path.ts"] }),
  row("3 path", "path-backslash", "stricter", "a raw backslash in the path is 400", "Envoy reads it as a slash, and judges what it reads", { policies: ["path.ts"] }),
  row("4 host", "host-grammar", "stricter", "one ASCII hostname with a port of digits", "Envoy cuts whatever follows the last colon; what is left is looked up exactly", { policies: ["host.ts"] }),
  row("4 host", "host-unknown", "same", "a host without a tenant is 404", "a route for all other hosts, without a backend"),
  row("4 host", "host-binding", "same", "a hostname selects one database under the pool's filter", "decided when the catalog is compiled", { policies: ["dbfilter.ts"] }),
  row("5 route", "route-doors", "same", "database doors and closed surface are 403", "rule `deny` of each route", { policies: ["doors.ts", "rules.ts"] }),
  row("5 route", "route-state-doors", "wider", "the doors that carry a database in `state` are judged (Odoo up to 15)", "Envoy cannot read `state`: they are closed", {
    modes: unjudged,
    concerns: ({ pools }) => named("pool", pools.filter(({ odooMajor }) => odooMajor <= 15)),
    policies: ["doors.ts"],
  }),
  row("5 route", "route-rules", "same", "rules on the path and on the path minus its first segment", "one rule of the route for each, tried in this order", { policies: ["rules.ts"] }),
  row("5 route", "route-rpc-method", "same", "RPC endpoints take POST only: 405", "rule `rpc-method` of each route", { policies: ["rules.ts"] }),
  row("3.1 identity", "identity-fields", "same", "identity and hop-by-hop fields removed, own ones set last", "`earlyRequestHeaders`, then the rule's own filters", { policies: ["field-names.ts", "fields.ts"] }),
  row("3.1 identity", "identity-underscore", "same", "a field name with an underscore is 400", "`withUnderscoresAction`", { policies: ["field-names.ts", "fields.ts"] }),
  row("3.1 identity", "identity-client", "same", "the client behind trusted proxies, as one address", "`clientIPDetection`, and one X-Forwarded-For set by the rule", { policies: ["client.ts"] }),
  row("3.1 identity", "identity-proto", "lost", "X-Forwarded-Proto is believed from trusted proxies only", "Envoy believes everybody's: let only the proxy reach it, by a NetworkPolicy", {
    concerns: ({ edge }) => (edge.trustedProxies.length > 0 ? "the Edge's `trustedProxies`" : ""),
    policies: ["client.ts"],
  }),
  row("3.1 identity", "identity-port", "lost", "the port in Host follows the scheme of each client", "one authority for all, by the scheme that clients of this port use: let no client come without TLS", {
    concerns: ({ edge }) => (edge.trustedProxies.length > 0 ? "the Edge's `trustedProxies`" : ""),
  }),
  row("3.1 identity", "identity-session", "same", "a second session cookie is 400", "SecurityPolicy (403), or the guard behind", { policies: ["cookies.ts"] }),
  row("3.1 identity", "identity-session-name", "stricter", "a session's name in quotes with escapes, or between bytes that Python trims, is seen", "Envoy compares names as they are usually written", { modes: unjudged, policies: ["cookies.ts"] }),
  row("3.1 identity", "identity-cookie-lines", "lost", "several lines of Cookie reach the worker as one", "Envoy passes them on as they came, and Werkzeug takes a comma for a part of the value: browsers send one line by HTTP/1.1, and a proxy in front joins those of HTTP/2", { modes: direct, policies: ["cookies.ts"] }),
  row("3.1 identity", "identity-session-query", "same", "a session in the query is 400 up to Odoo 17", "SecurityPolicy (403), or the guard behind", {
    concerns: ({ pools }) => named("pool", pools.filter(({ odooMajor }) => odooMajor <= 17)),
    policies: ["guard/query.ts"],
  }),
] as const; // biome-ignore format: a table, one row in a line
