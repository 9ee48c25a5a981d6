/** The modes are one guard: whichever way the edge is run, the same requests pass and the same are refused, by the same code. */
import type { AnswerCode } from "../../src/core/answers.ts";
import type { Mode } from "../../src/router/modes.ts";
import { request, requestWithBody } from "../support/live-client.ts";
import { type SceneSetup, scenario, tenantDocument } from "../support/scene.ts";

const OWN = "acme.example";
const OTHER = "globex.example";
const json = "Content-Type: application/json";
const xml = "Content-Type: text/xml";
const text = "Content-Type: text/plain";
const form = "Content-Type: application/x-www-form-urlencoded";
const multipart = "Content-Type: multipart/form-data; boundary=b";
/** Envoy's word that it shows the authorizer the whole body; the other modes drop it. */
const shown = "x-envoy-auth-partial-body: false";

const call = (service: string, method: string, ...args: unknown[]) =>
  JSON.stringify({ jsonrpc: "2.0", method: "call", id: 7, params: { service, method, args } });
const object = (database: string) => call("object", "execute_kw", database, 2, "key", "res.partner", "read", [[1]]);
const login = (database: string) =>
  JSON.stringify({ jsonrpc: "2.0", params: { db: database, login: "a", password: "b" } });
const xmlCall = (method: string, ...strings: string[]) => {
  const params = strings.map((value) => `<param><value><string>${value}</string></value></param>`).join("");
  return `<?xml version='1.0'?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
};
const part = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`;

/** One request: what it is, its bytes, and the code that refuses it; empty where it passes. */
type Row = readonly [rule: string, bytes: string, code: AnswerCode | ""];
const post = (rule: string, path: string, type: string, body: string, code: AnswerCode | ""): Row => [
  rule,
  requestWithBody(`POST ${path}`, body, [type, shown]),
  code,
];
const get = (rule: string, line: string, code: AnswerCode | "", fields: readonly string[] = []): Row => [
  rule,
  request(line, fields),
  code,
];
const inChunks = (path: string, type: string, body: string) =>
  request(
    `POST ${path}`,
    [type, shown, "Transfer-Encoding: chunked"],
    `5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`,
  );

const calls: readonly Row[] = [
  post("JSON-RPC of the own database", "/jsonrpc", json, object(OWN), ""),
  post("JSON-RPC of another database", "/jsonrpc", json, object(OTHER), "guard_refused"),
  post("JSON-RPC of one that no tenant has", "/jsonrpc", json, object("nobody"), "guard_refused"),
  post("JSON-RPC behind a language", "/fr/jsonrpc", json, object(OWN), ""),
  post("JSON-RPC of another behind a language, escaped", "/fr//%6asonrpc", json, object(OTHER), "guard_refused"),
  post("JSON-RPC at an alias of the door", "/pretty", json, object(OWN), ""),
  post("JSON-RPC of another at an alias, as text", "/pretty", text, object(OTHER), "guard_refused"),
  post(
    "JSON-RPC of another, spelled with an escape",
    "/jsonrpc",
    json,
    object("\\u0067lobex.example").replace("\\\\u", "\\u"),
    "guard_refused",
  ),
  post("JSON-RPC that asks for the version", "/jsonrpc", json, call("common", "version"), ""),
  post("JSON-RPC that logs in to the own database", "/jsonrpc", json, call("common", "login", OWN, "a", "b"), ""),
  post("JSON-RPC that logs in to another", "/jsonrpc", json, call("common", "login", OTHER, "a", "b"), "guard_refused"),
  post("JSON-RPC that lists databases", "/jsonrpc", json, call("db", "list"), "guard_refused"),
  post("JSON-RPC that drops the own database", "/jsonrpc", json, call("db", "drop", "admin", OWN), "guard_refused"),
  post("JSON-RPC of the server's version", "/jsonrpc", json, call("db", "server_version"), ""),
  post("JSON-RPC in two calls", "/jsonrpc", json, `[${object(OWN)}]`, "guard_refused"),
  post("a body that is no JSON, at the door", "/jsonrpc", json, "no json", "guard_refused"),
  ["JSON-RPC of the own database in chunks", inChunks("/jsonrpc", json, object(OWN)), ""],
  ["JSON-RPC of another in chunks", inChunks("/jsonrpc", json, object(OTHER)), "guard_refused"],
  get("JSON-RPC by GET", "GET /jsonrpc", "method_refused"),
  post("XML-RPC of the own database", "/xmlrpc/2/object", xml, xmlCall("execute_kw", OWN), ""),
  post("XML-RPC of another database", "/xmlrpc/2/object", xml, xmlCall("execute_kw", OTHER), "guard_refused"),
  post(
    "XML-RPC of another behind a language",
    "/fr/xmlrpc/2/object",
    xml,
    xmlCall("execute_kw", OTHER),
    "guard_refused",
  ),
  post("XML-RPC of another at an alias, as text", "/pretty", text, xmlCall("execute_kw", OTHER), "guard_refused"),
  post("XML-RPC that asks for the version", "/xmlrpc/2/common", xml, xmlCall("version"), ""),
  post(
    "XML-RPC that logs in to another",
    "/xmlrpc/2/common",
    xml,
    xmlCall("authenticate", OTHER, "a", "b"),
    "guard_refused",
  ),
  post("XML-RPC that lists databases", "/xmlrpc/2/db", xml, xmlCall("list"), "guard_refused"),
  post("XML-RPC of the server's version", "/xmlrpc/2/db", xml, xmlCall("server_version"), ""),
  post(
    "XML-RPC with a document type",
    "/xmlrpc/2/object",
    xml,
    `<!DOCTYPE a>${xmlCall("execute_kw", OWN)}`,
    "guard_refused",
  ),
  post("a login to the own database", "/web/session/authenticate", json, login(OWN), ""),
  post("a login to another", "/web/session/authenticate", json, login(OTHER), "guard_refused"),
  post("a form with the own database", "/web/login", form, `login=a&db=${OWN}`, ""),
  post("a form with another", "/web/login", form, `login=a&d%62=${OTHER}`, "guard_refused"),
  post("a form with the master password", "/contactus", form, "master_pwd=admin", "guard_refused"),
  post("a customer's own field", "/website/form/x", form, `db=${OTHER}`, ""),
  post("a multipart form with the own database", "/web/login", multipart, part("db", OWN), ""),
  post("a multipart form with another", "/web/login", multipart, part("db", OTHER), "guard_refused"),
  get("a query with the own database", `GET /web?db=${OWN}`, ""),
  get("a query with another", `GET /web?db=${OTHER}`, "guard_refused"),
  get("a page", "GET /web", ""),
  get("a head", "HEAD /web/login", ""),
  post("an upload", "/web/binary/upload", text, "x".repeat(100_000), ""),
  get("a closed door", "GET /web/database/manager", "door_closed"),
  get("a closed door, escaped", "GET //%77eb//database/selector", "door_closed"),
  post("a closed door by POST", "/web/database/create", form, "name=x", "door_closed"),
  get("a closed surface", "GET /web/tests", "door_closed"),
  get("a host that nobody has", "GET /", "unknown_host", ["Host: nobody.example"]),
  get("two sessions", "GET /web", "repeated_session", ["Cookie: session_id=a; session_id=b"]),
  post("a body in gzip", "/jsonrpc", `${json}\r\nContent-Encoding: gzip`, "x", "content_encoding_unsupported"),
  post("a body over the tier's limit", "/web/binary/upload", text, "x".repeat(200_000), "body_too_large"),
];
const off: readonly Row[] = [
  post("JSON-RPC at its door", "/jsonrpc", json, object(OWN), "rpc_off"),
  post("XML-RPC at its door", "/xmlrpc/2/object", xml, xmlCall("execute_kw", OWN), "rpc_off"),
  post("Odoo 19's own", "/json/2/res.partner/read", json, "{}", "rpc_off"),
  post("JSON-RPC elsewhere", "/pretty", json, object(OWN), "guard_refused"),
  post("XML-RPC elsewhere", "/pretty", xml, xmlCall("execute_kw", OWN), "guard_refused"),
  get("a page", "GET /web", ""),
];

const more = tenantDocument("globex");
const setups: ReadonlyArray<readonly [what: string, setup: SceneSetup, rows: readonly Row[]]> = [
  [
    "a tier with RPC",
    { tier: "body: { max: 128Ki }, limits: { login: { perClient: { requests: 1000, unit: Second } } }", more },
    calls,
  ],
  ["a tier without RPC", { tier: 'rpc: "off"', more }, off],
];
const modes: readonly Mode[] = ["edge", "guard", "authorizer"];
for (const [what, setup, rows] of setups) {
  for (const mode of modes) {
    scenario(`${mode}: ${what}`, { ...setup, mode }, async (scene, t) => {
      for (const [i, [rule, bytes, code]] of rows.entries()) {
        const before = scene.arrived.length;
        const { status } = await scene.ask(bytes, bytes.slice(0, bytes.indexOf(" ")));
        const line = await scene.line(i);
        t.equal(line.code, code, rule);
        t.equal(line.status, status, `${rule}: the client's status is the log's`);
        const passes = code === "" && mode !== "authorizer";
        t.equal(scene.arrived.length - before, passes ? 1 : 0, `${rule}: reaches a worker only where it passes`);
        if (mode === "authorizer")
          t.equal(status >= 200 && status < 300, code === "", `${rule}: 2xx says that it passes`);
      }
    });
  }
}
