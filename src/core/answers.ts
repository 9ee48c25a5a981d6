/**
 * Everything the edge can say by itself, as one closed table.
 *
 * The code is a contract: it stands in the answer's JSON-RPC error, the access log, the metrics and the audit
 * stream, and is never reused for another meaning. `flag` is the Envoy response flag that production logs for the
 * same event, so that one dashboard reads both edges (Envoy: access log, RESPONSE_FLAGS).
 */

/** Whose doing an answer is: the client's request, the operator's catalog, the worker behind, or a fault of ours. */
export type AnswerSource = "client" | "catalog" | "upstream" | "self";

interface AnswerRow {
  /** HTTP status sent; 0 where nothing can be sent any more and the code is only logged. */
  readonly status: number;
  /** Text of a plain answer, without a full stop. */
  readonly body: string;
  /** Whether the same request may succeed later without a change. */
  readonly retry: boolean;
  readonly source: AnswerSource;
  /** Envoy's response flag for the same event, `-` where Envoy has none. */
  readonly flag: string;
  readonly doc: string;
}

export const answerTable = {
  // 1 read
  malformed_request: {
    status: 400,
    body: "malformed request",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "The request line or a field breaks the grammar of RFC 9112.",
  },
  ambiguous_framing: {
    status: 400,
    body: "ambiguous message framing",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "Content-Length is not 1 to 15 digits, or stands beside Transfer-Encoding (RFC 9112 section 6.3).",
  },
  repeated_field: {
    status: 400,
    body: "a field that may occur once is repeated",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "Host, Content-Length, Content-Type, Content-Encoding, Authorization or Origin occurs more than once.",
  },
  underscore_field: {
    status: 400,
    body: "a field name holds an underscore",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "WSGI servers read `_` and `-` in field names alike, so such a field could forge another.",
  },
  protected_field: {
    status: 400,
    body: "Connection nominates an end-to-end field",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "Connection may not make a proxy drop Host, Cookie, Authorization, Origin, Content-*, Transfer-Encoding or X-Forwarded-*.",
  },
  unknown_method: {
    status: 400,
    body: "unknown method",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "The method is not in the IANA registry.",
  },
  method_refused: {
    status: 405,
    body: "method not allowed",
    retry: false,
    source: "client",
    flag: "-",
    doc: "TRACE and CONNECT are never served; RPC endpoints take POST only.",
  },
  expectation_failed: {
    status: 417,
    body: "unknown expectation",
    retry: false,
    source: "client",
    flag: "-",
    doc: "Expect is other than 100-continue (RFC 9110 section 10.1.1).",
  },
  version_unsupported: {
    status: 426,
    body: "use HTTP/1.1",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "The version is not HTTP/1.1; the HTTP/2 preface included.",
  },
  head_too_large: {
    status: 431,
    body: "request head too large",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "More fields or bytes than the listener's limits, request line included.",
  },
  transfer_coding_unsupported: {
    status: 501,
    body: "transfer coding not supported",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "Transfer-Encoding is other than exactly one `chunked`.",
  },
  head_timeout: {
    status: 408,
    body: "request head timeout",
    retry: true,
    source: "client",
    flag: "DT",
    doc: "The head was not complete in time.",
  },
  // 2 target, 3 path, 4 host
  bad_target: {
    status: 400,
    body: "malformed request target",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "Neither origin-form nor http absolute-form (RFC 9112 section 3.2), or a byte that no URI may hold.",
  },
  asterisk_target: {
    status: 404,
    body: "not found",
    retry: false,
    source: "client",
    flag: "NR",
    doc: "`OPTIONS *` asks about the server as a whole, which no tenant owns.",
  },
  bad_path: {
    status: 400,
    body: "malformed path",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "The path cannot be brought to one canonical form.",
  },
  bad_host: {
    status: 400,
    body: "malformed host",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "Host is missing or is no ASCII hostname with an optional port.",
  },
  unknown_host: {
    status: 404,
    body: "no tenant on this host",
    retry: false,
    source: "client",
    flag: "NR",
    doc: "No tenant or alias has this hostname.",
  },
  // identity (section 3.1)
  repeated_session: {
    status: 400,
    body: "more than one session cookie",
    retry: false,
    source: "client",
    flag: "-",
    doc: "Werkzeug versions disagree on which of two session_id cookies counts.",
  },
  session_in_query: {
    status: 400,
    body: "session in the query",
    retry: false,
    source: "client",
    flag: "-",
    doc: "Odoo up to 17 takes a session id from the query string.",
  },
  // 5 route, 8 outcome
  alias_redirect: {
    status: 308,
    body: "moved",
    retry: false,
    source: "catalog",
    flag: "-",
    doc: "The host is an alias with mode Redirect.",
  },
  door_closed: {
    status: 403,
    body: "blocked by the edge",
    retry: false,
    source: "catalog",
    flag: "-",
    doc: "A door to the databases, or a surface path that the tier does not open.",
  },
  rpc_off: {
    status: 403,
    body: "blocked by the edge",
    retry: false,
    source: "catalog",
    flag: "-",
    doc: "The tier's RPC policy is off.",
  },
  maintenance: {
    status: 503,
    body: "under maintenance",
    retry: true,
    source: "catalog",
    flag: "-",
    doc: "The tenant's state is Maintenance.",
  },
  suspended: {
    status: 503,
    body: "suspended",
    retry: false,
    source: "catalog",
    flag: "-",
    doc: "The tenant's state is Suspended.",
  },
  // behind 5
  overloaded: {
    status: 503,
    body: "the edge is overloaded",
    retry: true,
    source: "self",
    flag: "UO",
    doc: "The edge runs short of time, memory, disk or descriptors, and this request is among the cheapest to lose.",
  },
  // 6 access, 7 rate limit
  access_denied: {
    status: 403,
    body: "RBAC: access denied",
    retry: false,
    source: "catalog",
    flag: "-",
    doc: "The client's address is denied, or not allowed, for this tenant.",
  },
  rate_limited: {
    status: 429,
    body: "local_rate_limited",
    retry: true,
    source: "client",
    flag: "RL",
    doc: "The tenant or the client is over the rate of its rule.",
  },
  limits_unavailable: {
    status: 503,
    body: "limits cannot be checked",
    retry: true,
    source: "self",
    flag: "RLSE",
    doc: "The shared store of limits does not answer, and the rule's failure mode is Closed.",
  },
  // 9 body
  body_too_large: {
    status: 413,
    body: "request body too large",
    retry: false,
    source: "client",
    flag: "-",
    doc: "The body is over the tier's limit.",
  },
  body_timeout: {
    status: 408,
    body: "request body timeout",
    retry: true,
    source: "client",
    flag: "DT",
    doc: "The body was not complete in time.",
  },
  malformed_body: {
    status: 400,
    body: "malformed chunked body",
    retry: false,
    source: "client",
    flag: "DPE",
    doc: "A chunk-size line, a chunk's end or a trailer breaks the grammar (RFC 9112 section 7.1).",
  },
  content_encoding_unsupported: {
    status: 415,
    body: "content encoding not supported",
    retry: false,
    source: "client",
    flag: "-",
    doc: "A body with a Content-Encoding other than identity cannot be judged.",
  },
  body_storage: {
    status: 503,
    body: "no room for the request body",
    retry: true,
    source: "self",
    flag: "UO",
    doc: "The process's body budget is used up, or the temporary folder cannot take more.",
  },
  // 10 guard, 3.4 realtime
  guard_refused: {
    status: 403,
    body: "refused by the binding guard",
    retry: false,
    source: "client",
    flag: "-",
    doc: "The request names a database other than this hostname's, or cannot be judged with certainty.",
  },
  origin_refused: {
    status: 403,
    body: "origin not allowed",
    retry: false,
    source: "client",
    flag: "-",
    doc: "A WebSocket with a session was opened from a foreign origin.",
  },
  sockets_exhausted: {
    status: 503,
    body: "too many open sockets",
    retry: true,
    source: "client",
    flag: "UO",
    doc: "The tenant or the client holds as many realtime sockets as its tier allows.",
  },
  // 10 failed logins
  login_delayed: {
    status: 429,
    body: "too many failed logins: wait a moment and try again",
    retry: true,
    source: "client",
    flag: "-",
    doc: "Logins with this name failed from this client; each further attempt has to wait longer.",
  },
  login_blocked: {
    status: 429,
    body: "too many failed logins: try again later",
    retry: true,
    source: "client",
    flag: "-",
    doc: "Too many logins failed: of this client, or with this name from clients that never succeeded with it.",
  },
  // 11 concurrency
  queue_full: {
    status: 503,
    body: "too many requests in flight",
    retry: true,
    source: "upstream",
    flag: "UO",
    doc: "The tenant's queue is full.",
  },
  queue_timeout: {
    status: 503,
    body: "no worker was free in time",
    retry: true,
    source: "upstream",
    flag: "UO",
    doc: "The request waited as long as the tier allows.",
  },
  // 12 forward
  no_healthy_upstream: {
    status: 503,
    body: "no healthy upstream",
    retry: true,
    source: "upstream",
    flag: "UH",
    doc: "The pool has no endpoint that could be asked.",
  },
  connect_failure: {
    status: 503,
    body: "upstream connect failure",
    retry: true,
    source: "upstream",
    flag: "UF",
    doc: "No endpoint accepted a connection.",
  },
  upstream_reset: {
    status: 503,
    body: "upstream reset before the response",
    retry: true,
    source: "upstream",
    flag: "UC",
    doc: "The worker closed before a complete response head.",
  },
  upstream_timeout: {
    status: 504,
    body: "upstream request timeout",
    retry: true,
    source: "upstream",
    flag: "UT",
    doc: "The worker did not answer within the tier's request timeout.",
  },
  // 13 response
  malformed_response: {
    status: 502,
    body: "malformed upstream response",
    retry: false,
    source: "upstream",
    flag: "UPE",
    doc: "The worker's response head breaks the grammar or the limits, or had too many interim responses.",
  },
  binding_lost: {
    status: 503,
    body: "the tenant's database is not available",
    retry: true,
    source: "upstream",
    flag: "-",
    doc: "The worker redirected to the database selector: it found no database for this hostname. Page somebody.",
  },
  response_cut: {
    status: 0,
    body: "",
    retry: false,
    source: "upstream",
    flag: "UC",
    doc: "The worker failed in the middle of a response; the client's connection was reset.",
  },
  response_timeout: {
    status: 0,
    body: "",
    retry: false,
    source: "upstream",
    flag: "UT",
    doc: "The request timeout ran out in the middle of a response; the client's connection was reset.",
  },
  // any time
  client_gone: {
    status: 0,
    body: "",
    retry: false,
    source: "client",
    flag: "DC",
    doc: "The client closed or reset its connection before the response was complete.",
  },
  client_stalled: {
    status: 0,
    body: "",
    retry: false,
    source: "client",
    flag: "DC",
    doc: "The client did not read its response in time.",
  },
  drained: {
    status: 503,
    body: "the edge is stopping",
    retry: true,
    source: "self",
    flag: "DC",
    doc: "The drain deadline cut this request.",
  },
  internal: {
    status: 500,
    body: "internal fault",
    retry: true,
    source: "self",
    flag: "-",
    doc: "A fault of ours; the cause is in the event log only.",
  },
} as const satisfies Record<string, AnswerRow>;

export type AnswerCode = keyof typeof answerTable;

/** All codes in table order; an index into it labels metrics without a string. */
export const answerCodes = Object.keys(answerTable) as readonly AnswerCode[];
