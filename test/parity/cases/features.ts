/** Requests for every behaviour of the table, one or a few for each row. */
import type { RowId } from "../../../src/plan/parity.ts";
import {
  ask,
  behindProxy,
  type CaseOptions,
  inFront,
  type ParityCase,
  rawCase,
  type Where,
  whole,
} from "../support/case.ts";
import { longName } from "../support/catalog.ts";

const ACME = "acme.example.com";
const json = "Content-Type: application/json";
const form = "Content-Type: application/x-www-form-urlencoded";
const upgrade = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const session = "Cookie: session_id=abc";

type Row = readonly [
  rows: RowId | readonly RowId[],
  name: string,
  bytes: string | readonly string[],
  options?: CaseOptions,
];

function casesOf(rows: readonly Row[], where: Where): ParityCase[] {
  return rows.map(([about, name, bytes, options]) =>
    rawCase(`${[about].flat().join(" ")}: ${name}`, typeof bytes === "string" ? [bytes] : bytes, {
      where,
      ...options,
      rows: [about].flat() as RowId[],
    }),
  );
}

const reading: readonly Row[] = [
  ["head-grammar", "a folded line", ask("GET /web", ACME, ["X-A: b\r\n c"])],
  [
    "head-refusals",
    "Content-Length beside Transfer-Encoding",
    ask("POST /web", ACME, ["Transfer-Encoding: chunked"], "0\r\n\r\n"),
  ],
  ["head-refusals", "an unknown method", ask("FOO /web", ACME)],
  ["head-repeated", "Authorization twice", ask("GET /web", ACME, ["Authorization: a", "Authorization: b"])],
  ["head-repeated", "Content-Type twice", ask("GET /web", ACME, ["Content-Type: a/b", "Content-Type: c/d"])],
  ["head-repeated", "Origin twice", ask("GET /web", ACME, ["Origin: http://a", "Origin: http://b"])],
  ["head-nominated", "Connection nominates Cookie", ask("GET /web", ACME, ["Connection: Cookie", session])],
  ["head-nominated", "Connection nominates X-Forwarded-For", ask("GET /web", ACME, ["Connection: X-Forwarded-For"])],
  ["head-version", "HTTP/1.0", "GET /web HTTP/1.0\r\nHost: acme.example.com\r\n\r\n"],
  ["head-version", "HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
  [
    "head-limits",
    "a field more than a hundred",
    ask(
      "GET /web",
      ACME,
      Array.from({ length: 100 }, (_, i) => `X-${i}: 1`),
    ),
  ],
  ["head-limits", "a field of 64 KiB", ask("GET /web", ACME, [`X-Long: ${"x".repeat(65_536)}`])],
  ["head-timeout", "a head that does not end", ["GET /web HTTP/1.1\r\nHost: acme.example.com\r\n"], { quietMs: 3000 }],
  ["methods", "TRACE", ask("TRACE /web", ACME)],
  ["methods", "CONNECT", ask("CONNECT acme.example.com:80", ACME)],
  ["expectation", "an expectation that nobody has", ask("POST /web", ACME, ["Expect: gold"], "x")],
  ["expectation", "100-continue", ask("POST /web", ACME, ["Expect: 100-continue"], "x")],
  ["target-form", "userinfo in an absolute form", ask("GET http://acme.example.com@globex.example.com/web", ACME)],
  ["target-form", "an absolute form", ask("GET http://acme.example.com/web", "globex.example.com")],
  ["target-bytes", "a fragment", ask("GET /web#x", ACME)],
  ["target-bytes", "a byte over 0x7f", ask("GET /w\xe9b", ACME)],
  ["target-asterisk", "OPTIONS *", ask("OPTIONS *", ACME)],
  ["path-canonical", "escaped slashes and dots", ask("GET /a%2Fb/%2e%2e/c/./d%7e", ACME)],
  ["path-canonical", "dots with parameters", ask("GET /a/..;x/b/.;y/c", ACME)],
  ["path-canonical", "characters that are escaped", ask('GET /a<b>"{c}|^`', ACME)],
  ["path-slashes", "inner runs", ask("GET /a//b///c", ACME)],
  ["path-slashes", "a leading run", ask("GET //a//b", ACME)],
  ["path-refused", "an escaped control character", ask("GET /jsonrpc%0a", ACME)],
  ["path-refused", "an escaped delete", ask("GET /a%7f", ACME)],
  ["path-refused", "a broken escape", ask("GET /a%zz", ACME)],
  ["path-refused", "a broken escape at the end", ask("GET /a%2", ACME)],
  ["path-backslash", "a raw backslash", ask("GET /a\\b", ACME)],
  ["path-backslash", "a raw backslash before a door", ask("GET /web\\database", ACME)],
  ["host-grammar", "userinfo", ask("GET /web", "acme.example.com@globex.example.com")],
  ["host-grammar", "a port of letters", ask("GET /web", `${ACME}:80a`)],
  ["host-grammar", "capitals, a port and a dot", ask("GET /web", "ACME.Example.com.:8069")],
  ["host-unknown", "a host that nobody has", ask("GET /web", "nobody.example.com")],
  ["host-unknown", "www. of a host", ask("GET /web", "www.acme.example.com")],
  ["host-binding", "a filter by the first label", ask("GET /web", "old15.example.com")],
  ["host-binding", "a pool of its own", ask("GET /web", "own.example.com")],
  ["host-binding", "the twentieth alias", ask("GET /web?x", "m19.example.net")],
];

const routing: readonly Row[] = [
  ["route-doors", "the database manager", ask("GET /web/database/manager", ACME)],
  ["route-doors", "behind a language, with runs and escapes", ask("GET /fr//web/%64atabase///list", ACME)],
  ["route-doors", "as JSON", ask("POST /web/database/list", ACME, [json], "{}")],
  [
    "route-doors",
    "a body that does not come",
    ask("POST /web/database/restore", ACME).replace("Content-Length: 0", "Content-Length: 1000000"),
  ],
  ["route-doors", "an IoT box", ask("GET /hw_proxy/hello", ACME)],
  ["route-doors", "surface that a tier opens", ask("GET /web/tests", "staging.example.com")],
  ["route-doors", "surface that a tier leaves closed", ask("GET /web/speedscope", "staging.example.com")],
  ["route-doors", "two doors at once", ask("POST /jsonrpc/xmlrpc", ACME)],
  ["route-doors", "two doors at once, both open", ask("GET /logo/logo.png", ACME)],
  ["route-doors", "a path that resembles one", ask("GET /web/databases", ACME)],
  [
    "route-state-doors",
    "a door with a state, Odoo 15",
    ask("GET /google_account/authentication?state=%7B%22d%22%3A%22old15%22%7D", "old15.example.com"),
  ],
  [
    "route-state-doors",
    "the same path, Odoo 18",
    ask("GET /google_account/authentication?state=%7B%22d%22%3A%22acme.example.com%22%7D", ACME),
  ],
  ["route-rules", "a login", ask("POST /web/login", ACME, [form], "login=a&password=b")],
  ["route-rules", "an image", ask("GET /web/image/res.partner/1/avatar_128?unique=1", ACME)],
  ["route-rules", "assets behind a language", ask("GET /fr/web/assets/1-a/x.js", ACME)],
  ["route-rules", "a module's static folder", ask("HEAD /website/static/src/a.js", ACME)],
  ["route-rules", "Odoo 19's JSON", ask("POST /json/2/res.partner/search", "new19.example.com", [json], "{}")],
  ["route-rpc-method", "RPC by GET", ask("GET /jsonrpc", ACME)],
  ["route-rpc-method", "RPC by PUT", ask("PUT /xmlrpc/2/object", ACME, [], "x")],
  ["outcome-rpc-off", "RPC where the tier has none", ask("POST /jsonrpc", "basic.example.com", [json], "{}")],
  ["outcome-rpc-off", "JSON where the tier has none", ask("POST /json/2/x", "basic.example.com", [json], "{}")],
  ["outcome-alias", "an alias", ask("GET /web%2Fx?y=%2F", "old.initech.example.net")],
  ["outcome-alias", "an alias, by POST", ask("POST /web/login", "old.initech.example.net", [form], "db=x")],
  ["outcome-alias", `an alias of ${longName.slice(0, 8)}`, ask("GET /", "l.example.net")],
  ["outcome-state", "suspended", ask("GET /web", "suspended.example.com")],
  [
    "outcome-state",
    "in maintenance, asked by the web client",
    ask("POST /web/action/load", "maintained.example.com", [json], "{}"),
  ],
  ["outcome-words", "a host that nobody has, asked with JSON", ask("POST /x", "nobody.example.com", [json], "{}")],
  ["access-lists", "denied", ask("GET /web", "office.example.com"), { from: "127.0.0.3" }],
  ["access-lists", "allowed", ask("GET /web", "office.example.com"), { from: "127.0.0.4" }],
  ["access-lists", "not allowed", ask("GET /web", "inside.example.com"), { from: "127.0.0.4" }],
  ["access-lists", "denied at a closed door", ask("GET /web/database", "office.example.com"), { from: "127.0.0.3" }],
  ["access-lists", "denied in maintenance", ask("GET /web", "maintained.example.com"), { from: "127.0.0.3" }],
  ["access-lists", "denied on an alias", ask("GET /web", "old.initech.example.net"), { from: "127.0.0.3" }],
  ["access-networks", "an address in a network", ask("GET /web", "inside.example.com"), { from: "127.0.0.2" }],
];

const identity: readonly Row[] = [
  [
    "identity-fields",
    "claims of every kind",
    ask("GET /web", ACME, [
      "X-Forwarded-Host: globex.example.com",
      "X-Forwarded-For: 198.51.100.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Port: 1",
      "X-Forwarded-Prefix: /a",
      "X-Real-IP: 198.51.100.1",
      "Forwarded: for=198.51.100.1",
      "X-Odoo-Database: globex.example.com",
      "X-Odoo-dbfilter: .*",
      "X-OpenERP-Session-Id: x",
      "X-Original-URL: /web/database",
      "X-Envoy-Original-Path: /web/database",
      "X-HTTP-Method-Override: DELETE",
      "True-Client-IP: 198.51.100.1",
      "CF-Connecting-IP: 198.51.100.1",
      "Proxy: http://x",
      "Proxy-Authorization: Basic x",
      "X-Accel-Redirect: /x",
      "X-Host: globex.example.com",
      "TE: trailers",
      "Keep-Alive: 1",
      "tracestate: a=b",
      "X-Kept: yes",
    ]),
  ],
  ["identity-fields", "hop-by-hop", ask("GET /web", ACME, ["Connection: close, X-Hop", "X-Hop: 1", "X-End: 1"])],
  ["identity-underscore", "a name with an underscore", ask("GET /web", ACME, ["X_Forwarded_Host: globex.example.com"])],
  ["identity-client", "a client", ask("GET /web", ACME), { from: "127.0.0.9" }],
  ["identity-request-id", "an id of the client's", ask("GET /web", ACME, ["X-Request-Id: mine"])],
  [
    ["identity-trace", "identity-trace-new"],
    "a trace of the client's",
    ask("GET /web", ACME, ["traceparent: 00-11111111111111111111111111111111-2222222222222222-01"]),
  ],
  ["identity-session", "two sessions", ask("GET /web", ACME, ["Cookie: session_id=a; session_id=b"])],
  [
    "identity-session",
    "two sessions in two lines",
    ask("GET /web", ACME, ["Cookie: session_id=a", "Cookie: x=y; session_id=b"]),
  ],
  ["identity-session", "a session among others", ask("GET /web", ACME, ['Cookie: a={"x":1,"y":2}; session_id=b; c=d'])],
  [
    "identity-session-name",
    "two sessions, one with an escape in its name",
    ask("GET /web", ACME, ['Cookie: session_id=a; "session_i\\144"=b']),
  ],
  ["identity-cookie-lines", "two lines of Cookie", ask("GET /web", ACME, ["Cookie: a=b", "Cookie: c=d"])],
  ["identity-session-query", "a session in the query, Odoo 17", ask("GET /web?session_id=x", "moved.example.com")],
  [
    "identity-session-query",
    "a session in the query, escaped",
    ask("GET /web?a=b&se%73sion_id=x", "moved.example.com"),
  ],
  ["identity-session-query", "the same, Odoo 18", ask("GET /web?session_id=x", ACME)],
];

const bodies: readonly Row[] = [
  [
    "body-size",
    "at the limit",
    ask("POST /web/x", "basic.example.com", ["Content-Type: text/plain"], "x".repeat(65_536)),
  ],
  [
    "body-size",
    "over the limit",
    ask("POST /web/x", "basic.example.com", ["Content-Type: text/plain"], "x".repeat(65_537)),
  ],
  [
    "body-size",
    "over the limit, in chunks",
    `${ask("POST /web/x", "basic.example.com", ["Transfer-Encoding: chunked"]).replace("Content-Length: 0\r\n", "")}${"1000\r\n".concat("x".repeat(4096), "\r\n").repeat(17)}0\r\n\r\n`,
  ],
  [
    "body-time",
    "a body that does not end",
    ask("POST /web/x", ACME, [], "12345").replace("Content-Length: 5", "Content-Length: 10"),
    { quietMs: 4000 },
  ],
  [
    "body-time-tier",
    "a tier that waits less",
    ask("POST /web/x", "basic.example.com", [], "12345").replace("Content-Length: 5", "Content-Length: 10"),
    { quietMs: 4000 },
  ],
  [
    "body-grammar",
    "a blank behind a chunk's size",
    `${ask("POST /web/x", ACME, ["Transfer-Encoding: chunked"]).replace("Content-Length: 0\r\n", "")}3 \r\nabc\r\n0\r\n\r\n`,
  ],
  [
    "body-grammar",
    "chunks",
    `${ask("POST /web/x", ACME, ["Transfer-Encoding: chunked"]).replace("Content-Length: 0\r\n", "")}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`,
  ],
  ["overload", "an edge that is not overloaded", ask("GET /web/x", ACME)],
  ["body-coding", "a body in gzip", ask("POST /web/x", ACME, ["Content-Encoding: gzip"], "x")],
  ["body-coding", "a body as it is", ask("POST /web/x", ACME, ["Content-Encoding: Identity"], "x")],
  ["body-coding-empty", "no body in gzip", ask("GET /web/x", ACME, ["Content-Encoding: gzip"])],
  [
    "body-buffered",
    "a body in two pieces",
    ["POST /web/x HTTP/1.1\r\nHost: acme.example.com\r\nContent-Length: 6\r\n\r\nabc", "def"],
  ],
  ["body-budget", "a large body", ask("POST /web/x", ACME, ["Content-Type: text/plain"], "x".repeat(200_000))],
];

const queries: readonly Row[] = [
  ["guard-query", "the own database", ask(`GET /web/login?redirect=/web&db=${ACME}`, ACME)],
  ["guard-query", "another database", ask("GET /web?db=globex.example.com", ACME)],
  ["guard-query", "another, escaped", ask("GET /web?x=1&%64b=globex.example.com", ACME)],
  ["guard-query", "the own and then another", ask(`GET /web?db=${ACME}&db=globex.example.com`, ACME)],
  ["guard-query", "a longer name", ask(`GET /web?db=${ACME}x`, ACME)],
  ["guard-query", "behind a semicolon", ask("GET /web?x=1;db=globex.example.com", ACME)],
  ["guard-query", "none", ask("GET /web?db=&x=1", ACME)],
  ["guard-query", "a former one", ask("GET /web?db=moved-v15", "moved.example.com")],
  ["guard-query", "the master password", ask("GET /web?master%5Fpwd=x", ACME)],
  ["guard-query", "a logo of another", ask("GET /web/binary/company_logo?dbname=globex.example.com", ACME)],
  ["guard-query", "the own logo", ask(`GET /logo.png?dbname=${ACME}`, ACME)],
  ["guard-query", "a name of an ordinary page", ask("GET /web?dbname=globex.example.com", ACME)],
  ["guard-query", "a form's own field", ask("GET /my-form?db=globex.example.com", "forms.example.com")],
  [
    "guard-query",
    "a form's own field behind a language",
    ask("GET /fr/my-form/x?db=globex.example.com", "forms.example.com"),
  ],
  ["guard-query", "the field elsewhere", ask("GET /your-form?db=globex.example.com", "forms.example.com")],
  ["guard-query", "a call in the query, Odoo 14", ask("GET /web/x?jsonp=f&r=%7B%7D", "old14.example.com")],
  ["guard-query-spelling", "the own database, escaped", ask("GET /web?db=acme%2Eexample.com", ACME)],
  ["guard-query-spelling", "the own database twice", ask(`GET /web?db=${ACME}&db=${ACME}`, ACME)],
  [
    "guard-state",
    "another in a state",
    ask("GET /auth_oauth/signin?state=%7B%22d%22%3A%22globex.example.com%22%7D", ACME),
  ],
  [
    "guard-state",
    "the own in a state",
    ask("GET /auth_oauth/signin?state=%7B%22d%22%3A%22acme.example.com%22%7D", ACME),
  ],
];

const call = (service: string, method: string, ...args: unknown[]) =>
  JSON.stringify({ jsonrpc: "2.0", method: "call", id: 7, params: { service, method, args } });
const execute = (database: string) => call("object", "execute_kw", database, 2, "key", "res.partner", "read", [[1]]);
const login = (database: string) =>
  JSON.stringify({ jsonrpc: "2.0", params: { db: database, login: "a", password: "b" } });
const xml = "Content-Type: text/xml";
const xmlCall = (method: string, ...strings: string[]) => {
  const params = strings.map((value) => `<param><value><string>${value}</string></value></param>`).join("");
  return `<?xml version='1.0'?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
};
const multipart = "Content-Type: multipart/form-data; boundary=b";
const part = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`;
const OTHER = "globex.example.com";
const rpcRows = ["guard-rpc-closed", "guard-json", "guard-refusal"] as const;
const xmlRows = ["guard-rpc-closed", "guard-xml", "guard-refusal"] as const;

const judgedBodies: readonly Row[] = [
  [rpcRows, "JSON-RPC of the own database", ask("POST /jsonrpc", ACME, [json], execute(ACME))],
  [rpcRows, "JSON-RPC of another", ask("POST /jsonrpc", ACME, [json], execute(OTHER))],
  [rpcRows, "JSON-RPC of another behind a language", ask("POST /fr//%6asonrpc", ACME, [json], execute(OTHER))],
  [rpcRows, "JSON-RPC that lists databases", ask("POST /jsonrpc", ACME, [json], call("db", "list"))],
  [rpcRows, "JSON-RPC of the version", ask("POST /jsonrpc", ACME, [json], call("common", "version"))],
  [rpcRows, "no JSON at the door", ask("POST /jsonrpc", ACME, [json], "no json")],
  [rpcRows, "nothing at the door", ask("POST /jsonrpc", ACME, [json])],
  [rpcRows, "a login to the own database", ask("POST /web/session/authenticate", ACME, [json], login(ACME))],
  [rpcRows, "a login to another", ask("POST /web/session/authenticate", ACME, [json], login(OTHER))],
  [
    ["guard-bodies", "guard-json"],
    "JSON-RPC of another at an alias",
    ask("POST /pretty", ACME, ["Content-Type: text/plain"], execute(OTHER)),
  ],
  [
    ["guard-bodies", "guard-json"],
    "JSON of the web client",
    ask("POST /web/dataset/call_kw", ACME, [json], JSON.stringify({ params: { model: "a", args: [OTHER] } })),
  ],
  [xmlRows, "XML-RPC of the own database", ask("POST /xmlrpc/2/object", ACME, [xml], xmlCall("execute_kw", ACME))],
  [xmlRows, "XML-RPC of another", ask("POST /xmlrpc/2/object", ACME, [xml], xmlCall("execute_kw", OTHER))],
  [
    xmlRows,
    "XML-RPC of another behind a language",
    ask("POST /fr/xmlrpc/2/object", ACME, [xml], xmlCall("execute_kw", OTHER)),
  ],
  [xmlRows, "XML-RPC that lists databases", ask("POST /xmlrpc/2/db", ACME, [xml], xmlCall("list"))],
  [xmlRows, "XML-RPC of the version", ask("POST /xmlrpc/2/common", ACME, [xml], xmlCall("version"))],
  [
    ["guard-bodies", "guard-xml"],
    "XML-RPC of another at an alias",
    ask("POST /pretty", ACME, ["Content-Type: text/plain"], xmlCall("execute_kw", OTHER)),
  ],
  [
    ["guard-bodies", "guard-form"],
    "a form with the own database",
    ask("POST /web/login", ACME, [form], `login=a&db=${ACME}`),
  ],
  [
    ["guard-bodies", "guard-form"],
    "a form with another",
    ask("POST /web/login", ACME, [form], `login=a&d%62=${OTHER}`),
  ],
  [
    ["guard-bodies", "guard-form"],
    "a form with the master password",
    ask("POST /contactus", ACME, [form], "master_pwd=admin"),
  ],
  [["guard-bodies", "guard-form"], "a customer's own field", ask("POST /website/form/x", ACME, [form], `db=${OTHER}`)],
  [
    ["guard-bodies", "guard-form"],
    "a multipart form with another",
    ask("POST /web/login", ACME, [multipart], part("db", OTHER)),
  ],
  [
    ["guard-bodies", "guard-form"],
    "a multipart form with the own",
    ask("POST /web/login", ACME, [multipart], part("db", ACME)),
  ],
  [
    "guard-rpc-open",
    "JSON-RPC of another",
    ask("POST /jsonrpc", ACME, [json], execute(OTHER)),
    { where: ({ guard }) => guard === "None" },
  ],
  [
    "guard-body-size",
    "a body that is not asked about",
    ask("POST /web/x", ACME, ["Content-Type: text/plain"], "x".repeat(300_000)),
  ],
];

const realtime: readonly Row[] = [
  ["realtime-port", "a socket", ask("GET /websocket?version=18.0-3", ACME, [...upgrade, `Origin: http://${ACME}`])],
  ["realtime-port", "a page of that name", ask("GET /websocket", ACME)],
  ["realtime-port", "something under it", ask("GET /websocket/health", ACME)],
  ["realtime-port", "a poll, Odoo 15", ask("POST /longpolling/poll", "old15.example.com", [json], "{}")],
  ["realtime-port", "a poll, threaded Odoo", ask("POST /longpolling/poll", "old14.example.com", [json], "{}")],
  ["realtime-elsewhere", "an upgrade of a page", ask("GET /web", ACME, [...upgrade])],
  [
    "realtime-elsewhere",
    "an upgrade to something else",
    ask("GET /web", ACME, ["Connection: Upgrade", "Upgrade: h2c"]),
  ],
  [
    "realtime-origin",
    "a session from a foreign page",
    ask("GET /websocket", ACME, [...upgrade, session, "Origin: https://evil.example"]),
  ],
  ["realtime-origin", "no session from a foreign page", ask("GET /websocket", ACME, [...upgrade, "Origin: null"])],
  ["realtime-origin", "a session without an origin", ask("GET /websocket", ACME, [...upgrade, session])],
  [
    "realtime-origin",
    "a session from a listed page",
    ask("GET /websocket", "initech.example.com", [...upgrade, session, "Origin: https://partner.example"]),
  ],
  [
    "realtime-origin-spelling",
    "a session of its own page, in capitals",
    ask("GET /websocket", ACME, [...upgrade, session, "Origin: http://ACME.example.com"]),
    { where: whole },
  ],
  ["realtime-accept", "a wrong proof", ask("GET /websocket?wrong", ACME, [...upgrade])],
  ["realtime-accept", "a refusal", ask("GET /websocket?refuse", ACME, [...upgrade])],
];

const answers: readonly Row[] = [
  [
    "forward-bytes",
    "fields and body as they are",
    ask("POST /web/x?a=b;c=%2F&d", ACME, ["X-Case: As Is", "Accept-Language: fr", 'If-None-Match: "x"'], "\0\xff body"),
  ],
  ["forward-bytes", "PUT without a body", ask("PUT /web/x", ACME)],
  ["forward-bytes", "DELETE with a body", ask("DELETE /web/x", ACME, [], "x")],
  ["forward-failure", "a reset", ask("GET /parity/reset", ACME)],
  ["forward-failure", "a close", ask("GET /parity/close", ACME)],
  ["forward-timeout", "a worker that takes too long", ask("GET /parity/slow", "hasty.example.com"), { quietMs: 2500 }],
  ["response-framing", "no head", ask("GET /parity/garbage", ACME)],
  ["response-grammar", "a folded line", ask("GET /parity/lax", ACME)],
  [["response-folding"], "a date twice", ask("GET /parity/dates", ACME)],
  ["response-fields", "a worker's words to its proxy", ask("GET /parity/server", ACME)],
  ["response-fields", "HTTP/1.0", ask("GET /parity/http10", ACME)],
  ["response-fields", "a status", ask("GET /parity/status", ACME)],
  [["identity-set-cookie", "identity-set-cookie-guard"], "a cookie for siblings", ask("GET /parity/cookies", ACME)],
  ["response-selector", "to the selector", ask("GET /parity/selector", ACME)],
  ["response-selector", "to the manager, behind a language", ask("GET /parity/selector-in-french", ACME)],
  ["response-selector", "elsewhere", ask("GET /parity/login-redirect", ACME)],
  ["response-cut", "a cut", ask("GET /parity/cut", ACME)],
];

const proxied = ["X-Forwarded-For: 198.51.100.1, 203.0.113.7", "X-Forwarded-Proto: https"];
const behind: readonly Row[] = [
  ["identity-client", "two hops", ask("GET /web", ACME, proxied)],
  [
    "identity-trusted-ids",
    "an id of the proxy's",
    ask("GET /web", ACME, [...proxied, "X-Request-Id: 0123456789abcdef0123456789abcdef"]),
  ],
  [
    "identity-port",
    "a client without TLS",
    ask("GET /web", ACME, ["X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: http"]),
  ],
  [
    "identity-proto",
    "a client that nobody vouches for",
    ask("GET /web", ACME, ["X-Forwarded-Proto: https"]),
    { from: "127.0.0.9" },
  ],
  ["outcome-alias", "an alias", ask("GET /web?x", "old.initech.example.net", proxied)],
  [
    "identity-fields",
    "a prefix of the proxy's",
    ask("GET /web", ACME, [
      ...proxied,
      "X-Forwarded-Prefix: /a",
      "X-Forwarded-Fo: 1",
      "X-Forwarded-Forx: 1",
      "X-Forwarded-Protocol: http",
    ]),
  ],
];

/** All of them. */
export const features: readonly ParityCase[] = [
  ...[reading, routing, identity, bodies, queries, judgedBodies, realtime, answers].flatMap((rows) =>
    casesOf(rows, inFront),
  ),
  ...casesOf(behind, behindProxy),
];
