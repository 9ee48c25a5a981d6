/** Steps 9 and 10: bodies, and what queries and bodies name. */
import { ask } from "../support/case.ts";
import { ACME, form, json, type Row } from "./feature-table.ts";

/** Sizes, times, codings and framing. */
export const bodies: readonly Row[] = [
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
    { quietMs: 14_000 },
  ],
  [
    "body-time-tier",
    "a tier that waits less",
    ask("POST /web/x", "basic.example.com", [], "12345").replace("Content-Length: 5", "Content-Length: 10"),
    { quietMs: 14_000 },
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

/** What a query names. */
export const queries: readonly Row[] = [
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

/** What a body names. */
export const judgedBodies: readonly Row[] = [
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
