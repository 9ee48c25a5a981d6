/**
 * How each behaviour of the edge stands in production, as one table. The emitter's report, the reference page and the
 * parity test are made from it.
 */

/**
 * `same`: Envoy does exactly this. `stricter`: the edge refuses more, which is harmless. `wider`: the edge admits more.
 * `lost`: Envoy cannot. `pending`: not settled until the manifests are built.
 */
export type ParityClass = "same" | "stricter" | "wider" | "lost" | "pending";

export interface ParityRow {
  readonly id: string;
  /** Step of a request's life, or the part of the contract. */
  readonly section: string;
  readonly behaviour: string;
  readonly class: ParityClass;
  /** What production does instead, or what carries it there. */
  readonly what: string;
  /** Files of `src/policy` that decide it; empty where the data path itself does. */
  readonly policies: readonly string[];
}

function pending(section: string, id: string, behaviour: string, policies: readonly string[] = []): ParityRow {
  return { id, section, behaviour, class: "pending", what: "open until the manifests are built", policies };
}

/** All rows, in the order of a request's life. */
export const parityRows: readonly ParityRow[] = [
  pending("1 read", "head-grammar", "strict HTTP/1.1 grammar, one framing; anything else is refused and closed"),
  pending("1 read", "head-limits", "100 fields, 60 KiB with the request line, 10 s"),
  pending("1 read", "methods", "unregistered methods 400; TRACE and CONNECT 405"),
  pending("1 read", "expectation", "Expect other than 100-continue is 417", ["fields.ts"]),
  pending("2 target", "target-form", "origin-form, or absolute-form http without userinfo", ["target.ts"]),
  pending("2 target", "target-bytes", "bytes outside 0x21 to 0x7e and `#` are refused", ["target.ts"]),
  pending("2 target", "target-asterisk", "`OPTIONS *` is 404", ["target.ts"]),
  pending("3 path", "path-canonical", "escaped slashes and unreserved decoded, dot segments resolved", ["path.ts"]),
  pending("3 path", "path-slashes", "a leading run of slashes is one; inner runs stay, judged merged", ["path.ts"]),
  pending("3 path", "path-refused", "raw backslash, invalid escape, escaped control character: 400", ["path.ts"]),
  pending("4 host", "host-grammar", "ASCII hostname, lower-cased, port and trailing dot removed", ["host.ts"]),
  pending("4 host", "host-unknown", "a host without a tenant is 404"),
  pending("4 host", "host-binding", "a hostname selects one database under the pool's filter", ["dbfilter.ts"]),
  pending("5 route", "route-doors", "database doors and closed surface are 403", ["doors.ts", "rules.ts"]),
  pending("5 route", "route-rules", "rules on the path and on the path minus its first segment", ["rules.ts"]),
  pending("5 route", "route-rpc-method", "RPC endpoints take POST only: 405", ["rules.ts"]),
  pending("6 access", "access-lists", "any deny wins; an allow list admits only what it names", ["access.ts"]),
  pending("6 access", "access-networks", "IPv4-mapped addresses count as IPv4", ["addresses.ts"]),
  pending("7 rate limit", "rate-limits", "token buckets per tenant and client and rule: 429", [
    "limits/token-bucket.ts",
  ]),
  pending("8 outcome", "outcome-alias", "an alias with mode Redirect is 308", ["outcome.ts"]),
  pending("8 outcome", "outcome-state", "Suspended and Maintenance are 503 with Retry-After", ["outcome.ts"]),
  pending("8 outcome", "outcome-rpc-off", "RPC is 403 where the tier turns it off", ["outcome.ts"]),
  pending("9 body", "body-limits", "size 413, time 408; buffered before a worker is asked"),
  pending("9 body", "body-coding", "Content-Encoding other than identity is 415"),
  pending("10 guard", "guard-query", "`db`, `master_pwd` and a door's keys in the query: own database or none", [
    "guard/query.ts",
    "guard/types.ts",
  ]),
  pending("10 guard", "guard-state", "`d` in a JSON `state` or `RelayState`: own database or none", [
    "guard/state-json.ts",
  ]),

  pending("10 guard", "guard-json", "JSON bodies: calls and logins name the own database, on every path", [
    "guard/hex-digit.ts",
    "guard/json-grammar.ts",
    "guard/json-params.ts",
    "guard/json-reference.ts",
    "guard/json-skip.ts",
    "guard/json-string.ts",
    "guard/json.ts",
    "guard/rpc-rule.ts",
    "guard/short-text.ts",
    "guard/text-check.ts",
  ]),
  pending("10 guard", "guard-xml", "XML bodies: one strict grammar, first parameter the own database, on every path", [
    "guard/xml-call-scan.ts",
    "guard/xml-declaration.ts",
    "guard/xml-grammar.ts",
    "guard/xml-names.ts",
    "guard/xml-reference.ts",
    "guard/xml-tokenizer.ts",
    "guard/xml.ts",
  ]),
  pending("10 guard", "guard-form", "form fields: no master password, `db` the own database or empty", [
    "guard/delimiter-search.ts",
    "guard/form-fields.ts",
    "guard/form.ts",
    "guard/media-type.ts",
    "guard/multipart-boundary.ts",
    "guard/multipart.ts",
    "guard/part-head.ts",
  ]),
  pending("10 guard", "guard-refusal", "every reading is judged; RPC refusals are answered in the caller's protocol", [
    "guard/body-guard.ts",
    "guard/expected-database.ts",
  ]),
  pending("11 concurrency", "concurrency", "in flight per endpoint and tenant, fair queue: 503"),
  pending("12 forward", "forward-retry", "another endpoint only when nothing was sent"),
  pending("12 forward", "forward-timeout", "connect failure 503, request timeout 504"),
  pending("13 response", "response-framing", "worker's framing checked; a cut response resets the client"),
  pending("13 response", "response-selector", "a redirect to the database selector is 503 and an alert"),
  pending("14 finish", "finish-record", "one access line and the metrics for every request"),
  pending("3.1 identity", "identity-fields", "identity and hop-by-hop fields removed, own ones set last", [
    "fields.ts",
  ]),
  pending("3.1 identity", "identity-underscore", "a field name with an underscore is 400", ["fields.ts"]),
  pending("3.1 identity", "identity-client", "the client behind trusted proxies: address and scheme", ["client.ts"]),
  pending("3.1 identity", "identity-session", "a second session cookie is 400", ["cookies.ts"]),
  pending("3.1 identity", "identity-session-query", "a session in the query is 400 up to Odoo 17", ["guard/query.ts"]),
  pending("3.1 identity", "identity-set-cookie", "Domain removed from cookies, Secure added on https", ["cookies.ts"]),
  pending("3.4 realtime", "realtime-port", "only exact realtime paths go to the realtime port", ["realtime.ts"]),
  pending("3.4 realtime", "realtime-origin", "a socket with a session needs the tenant's own Origin", ["realtime.ts"]),
  pending("3.4 realtime", "realtime-caps", "sockets per tenant and client are capped; idle tunnels close"),
];

/** The table as a page of Markdown. */
export function renderParity(): string {
  const lines = parityRows.map(
    (row) => `| ${row.section} | ${row.id} | ${row.behaviour} | ${row.class} | ${row.what} |`,
  );
  return [
    "# Parity with production",
    "",
    "One row for each behaviour of the edge: how Envoy, with the emitted manifests, does the same.",
    "",
    "| section | id | behaviour | class | in production |",
    "|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}
