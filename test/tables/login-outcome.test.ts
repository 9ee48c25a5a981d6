/** Which requests try a password, and what the answers of each Odoo say of it. */
import t from "tap";
import { BodyGuard } from "../../src/policy/guard/body-guard.ts";
import type { RpcCall } from "../../src/policy/guard/rpc-rule.ts";
import { clientNetwork } from "../../src/policy/limits/client-network.ts";
import { readLoginAnswer } from "../../src/policy/limits/login-answer.ts";
import { attemptOf, type LoginAttempt, outcomeOfHead } from "../../src/policy/limits/login-outcome.ts";
import { classify } from "../../src/policy/rules.ts";
import { readTraffic } from "../support/traffic.ts";

const call = (reading: RpcCall["reading"], service: string, method: string): RpcCall => ({
  reading,
  service,
  method,
  first: "bound",
  offset: 0,
});

const attempts: ReadonlyArray<
  readonly [rule: string, line: string, call: RpcCall | null, attempt: LoginAttempt | null]
> = [
  ["the form", "POST /web/login", null, "page"],
  ["the form behind a language", "POST /fr_BE/web/login", null, "page"],
  ["the form with a slash at the end", "POST /web/login/", null, "page"],
  ["looking at the form", "GET /web/login", null, null],
  ["the page of one-time codes", "POST /web/login/totp", null, "second_factor"],
  ["the same behind a language", "POST /fr/web/login/totp", null, "second_factor"],
  ["another page", "POST /web/login_successful", null, null],
  ["a forgotten password", "POST /web/reset_password", null, null],
  ["the JSON login", "POST /web/session/authenticate", null, "session"],
  ["the JSON login by another method", "GET /web/session/authenticate", null, "session"],
  [
    "the JSON login, with a call for show",
    "POST /web/session/authenticate",
    call("json-rpc", "common", "version"),
    "session",
  ],
  ["the form, with a call for show", "POST /web/login", call("json-rpc", "object", "execute_kw"), "page"],
  ["common.login", "POST /jsonrpc", call("json-rpc", "common", "login"), "rpc_login"],
  ["common.authenticate", "POST /xmlrpc/2/common", call("xml-rpc", "common", "authenticate"), "rpc_login"],
  ["common.version", "POST /jsonrpc", call("json-rpc", "common", "version"), null],
  ["a call", "POST /xmlrpc/2/object", call("xml-rpc", "object", "execute_kw"), "rpc_call"],
  ["a login at an alias", "POST /my/api", call("xml-rpc", "", "authenticate"), "rpc_login"],
  ["a call at an alias", "POST /my/api", call("xml-rpc", "", "execute"), "rpc_call"],
  ["a question at an alias", "POST /my/api", call("xml-rpc", "", "version"), null],
  ["a call with a key", "POST /json/2/res.partner/read", null, "bearer"],
  ["any page", "POST /shop/cart", null, null],
];
for (const [rule, line, call, attempt] of attempts) {
  const [method = "", judged = ""] = line.split(" ");
  t.equal(attemptOf({ method, judged, call, authorized: true }), attempt, `${rule}: ${line}`);
}
t.equal(
  attemptOf({ method: "GET", judged: "/json/2/x/read", call: null, authorized: false }),
  null,
  "no key, no attempt",
);

const heads: ReadonlyArray<readonly [rule: string, LoginAttempt, status: number, location: string | null, string]> = [
  ["the form shown again", "page", 200, null, "failed"],
  ["into the back office", "page", 303, "/web", "succeeded"],
  ["into the back office of 18", "page", 303, "/odoo", "succeeded"],
  ["to where the user came from", "page", 303, "/my/orders?page=2", "succeeded"],
  ["to the second factor", "page", 303, "/web/login/totp?redirect=%2Fweb", "succeeded"],
  ["to the second factor in a language", "page", 303, "https://acme.example/fr/web/login/totp", "succeeded"],
  ["to the form in a language", "page", 303, "/fr/web/login", "unknown"],
  ["to the selector", "page", 303, "/web/database/selector", "unknown"],
  ["to the form with its database", "page", 302, "/web/login?db=x", "unknown"],
  ["a token that is too old", "page", 400, null, "unknown"],
  ["a fault", "page", 500, null, "unknown"],
  ["a worker that is gone", "page", 503, null, "unknown"],
  ["a code that is wrong", "second_factor", 200, null, "failed"],
  ["a code that is right", "second_factor", 303, "/web", "succeeded"],
  ["a session that has no user yet", "second_factor", 303, "/web/login", "unknown"],
  ["a key that is refused", "bearer", 401, null, "failed"],
  ["a key that is taken", "bearer", 200, null, "succeeded"],
  ["a key that may not", "bearer", 403, null, "unknown"],
  ["an answer in JSON", "session", 200, null, "json"],
  ["a fault of the JSON login", "session", 500, null, "unknown"],
];
for (const [rule, attempt, status, location, outcome] of heads) {
  t.equal(outcomeOfHead(attempt, null, { status, location, coded: false }), outcome, rule);
}
const ok = { status: 200, location: null, coded: false };
t.equal(outcomeOfHead("rpc_login", call("xml-rpc", "common", "login"), ok), "xml", "an answer in XML");
t.equal(
  outcomeOfHead("rpc_login", call("xml-rpc", "common", "login"), { ...ok, coded: true }),
  "unknown",
  "in a coding",
);

const denied = (name: string) =>
  `{"jsonrpc": "2.0", "id": 3, "error": {"code": 200, "message": "Odoo Server Error", "data": {"name": "${name}", "debug": "Traceback: \\"uid\\": 2", "message": "Access Denied", "arguments": ["Access Denied"], "context": {}}}}`;
const xml = (content: string) => `<?xml version='1.0'?>\n<methodResponse>\n${content}\n</methodResponse>\n`;
const value = (content: string) => xml(`<params>\n<param>\n<value>${content}</value>\n</param>\n</params>`);
const fault = (code: string) =>
  xml(
    `<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>${code}</value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>Access Denied</string></value>\n</member>\n</struct></value>\n</fault>`,
  );
const longId = `"${'\\"result\\": 2, {['.repeat(3000)}"`;
const bodies: ReadonlyArray<readonly [rule: string, LoginAttempt, "json" | "xml", body: string, outcome: string]> = [
  ["a user", "rpc_login", "json", '{"jsonrpc": "2.0", "id": 5, "result": 2}', "succeeded"],
  ["no user", "rpc_login", "json", '{"jsonrpc": "2.0", "id": 5, "result": false}', "failed"],
  ["no user, said otherwise", "rpc_login", "json", '{"jsonrpc": "2.0", "id": null, "result": null}', "failed"],
  ["behind an id that is long", "rpc_login", "json", `{"jsonrpc": "2.0", "id": ${longId}, "result": false}`, "failed"],
  ["behind an id that nests", "rpc_login", "json", '{"id": {"result": [2, {"result": 3}]}, "result": false}', "failed"],
  ["behind an id of lists", "rpc_login", "json", '{"id": [[2], {"error": 1}], "result": 7}', "succeeded"],
  ["an access denied", "rpc_login", "json", denied("odoo.exceptions.AccessDenied"), "failed"],
  ["the worker's own trouble", "rpc_login", "json", denied("psycopg2.OperationalError"), "unknown"],
  ["a right that lacks", "rpc_call", "json", denied("odoo.exceptions.AccessError"), "unknown"],
  ["a password that a call carries", "rpc_call", "json", denied("odoo.exceptions.AccessDenied"), "failed"],
  ["a result", "rpc_call", "json", '{"jsonrpc": "2.0", "id": 6, "result": "error: AccessDenied"}', "succeeded"],
  ["a result of false", "rpc_call", "json", '{"jsonrpc": "2.0", "id": 6, "result": false}', "succeeded"],
  ["a session", "session", "json", '{"jsonrpc": "2.0", "id": 1, "result": {"uid": 2, "is_system": true}}', "succeeded"],
  [
    "a session, uid not first",
    "session",
    "json",
    '{"result": {"user_context": {"uid": false, "lang": "en"}, "uid": 2}}',
    "succeeded",
  ],
  ["a session denied", "session", "json", denied("odoo.exceptions.AccessDenied"), "failed"],
  ["no database", "session", "json", denied("odoo.exceptions.AccessError"), "unknown"],
  ["cut short", "session", "json", '{"jsonrpc": "2.0", "id": 1, "result": {"ui', "unknown"],
  ["no JSON", "session", "json", "<html>uid: 2</html>", "unknown"],
  ["nothing", "session", "json", "", "unknown"],
  ["a user in XML", "rpc_login", "xml", value("<int>2</int>"), "succeeded"],
  ["no user in XML", "rpc_login", "xml", value("<boolean>0</boolean>"), "failed"],
  ["nil in XML", "rpc_login", "xml", value("<nil/>"), "failed"],
  ["a version in XML", "rpc_login", "xml", value("<struct>\n<member></member></struct>"), "unknown"],
  ["a fault of access", "rpc_call", "xml", fault("<int>3</int>"), "failed"],
  ["a fault of access, by word", "rpc_login", "xml", fault("<string>AccessDenied</string>"), "failed"],
  ["a fault of rights", "rpc_call", "xml", fault("<int>4</int>"), "unknown"],
  ["a fault of the worker", "rpc_login", "xml", fault("<int>1</int>"), "unknown"],
  ["a result in XML", "rpc_call", "xml", value(`<string>${"x".repeat(4000)}</string>`), "succeeded"],
  ["a result that speaks of faults", "rpc_call", "xml", value("<string>&lt;fault&gt;</string>"), "succeeded"],
];
for (const [rule, attempt, format, body, outcome] of bodies) {
  const bytes = Buffer.from(body);
  for (const step of [bytes.length || 1, 1, 7]) {
    const answer = readLoginAnswer(format, attempt, 17);
    for (let from = 0; from < bytes.length; from += step) answer.feed(bytes, from, Math.min(from + step, bytes.length));
    t.equal(answer.outcome, outcome, `${rule}, ${step} bytes at once`);
  }
}
const pending = Buffer.from('{"jsonrpc": "2.0", "id": 1, "result": {"uid": null}}');
for (const [major, outcome] of [
  [13, "failed"],
  [14, "succeeded"],
  [19, "succeeded"],
] as const) {
  const answer = readLoginAnswer("json", "session", major);
  answer.feed(pending, 0, pending.length);
  t.equal(answer.outcome, outcome, `a session without a user in Odoo ${major}`);
}

const networks: ReadonlyArray<readonly [address: string, network: string]> = [
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:ffff::1", "2001:db8:0:0::/64"],
  ["2001:0DB8::ffff:1:2:3:4", "2001:db8:0:ffff::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1:2:3:4:5:6:7:8", "1:2:3:4::/64"],
  ["1:2:3::", "1:2:3:0::/64"],
  ["64:ff9b::1.2.3.4", "64:ff9b:0:0::/64"],
];
for (const [address, network] of networks) t.equal(clientNetwork(address), network, address);

/** Every recorded attempt: kind, and what its answer's head says. Bodies were not recorded, so those stay to be read. */
const recorded = new Map<string, number>();
for (const { method, target, body, fields, status, answerFields } of readTraffic()) {
  const path = target.replace(/\?.*$/, "").replace(/\/{2,}/g, "/");
  const contentType = fields.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const tenant = { odooMajor: 17, surfaceOpen: new Set<string>() };
  const { door } = classify({ method, path, judged: path, upgrade: false }, tenant);
  const names = {
    database: "acme.planapulse.app",
    formerDatabases: [],
    odooMajor: 17,
    doorKeys: door?.keys ?? [],
    exempt: [],
  };
  const guard = new BodyGuard({ bound: names, rpc: "bound", door, method, judgedPath: path, contentType });
  const bytes = Buffer.from(body, "latin1");
  guard.feed(bytes, 0, bytes.length);
  guard.end();
  const attempt = attemptOf({ method, judged: path, call: guard.call, authorized: false });
  if (attempt === null) continue;
  const location = answerFields.find(([name]) => name.toLowerCase() === "location")?.[1] ?? null;
  const key = `${attempt} ${outcomeOfHead(attempt, guard.call, { status, location, coded: false })}`;
  recorded.set(key, (recorded.get(key) ?? 0) + 1);
}
t.same(
  Object.fromEntries(recorded),
  {
    "page failed": 1,
    "page succeeded": 4,
    "session json": 5,
    "rpc_login json": 3,
    "rpc_login xml": 7,
    "rpc_call json": 11,
    "rpc_call xml": 22,
  },
  "of the recorded requests these and no others are attempts",
);
