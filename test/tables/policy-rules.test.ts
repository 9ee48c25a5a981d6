import t from "tap";
import { canonicalPath, mergeSlashes } from "../../src/policy/path.ts";
import { classify } from "../../src/policy/rules.ts";
import { splitTarget } from "../../src/policy/target.ts";
import { pathCases } from "../support/corpora.ts";

const closed = { odooMajor: 17, surfaceOpen: new Set<string>() };

/** `rule code door`, or the code that refused target or path. */
function judged(method: string, target: string, tenant = closed, upgrade = false): string {
  const split = splitTarget(method, target);
  if (typeof split === "string") return split;
  const path = canonicalPath(split.path);
  if (path === "") return "bad_path";
  const { rule, code, door } = classify({ method, path, judged: mergeSlashes(path), upgrade }, tenant);
  return [rule, code, door?.path ?? ""].filter((part) => part !== "").join(" ");
}

const rows: ReadonlyArray<readonly [rule: string, request: string, want: string]> = [
  ["the manager is denied", "GET /web/database/manager", "deny door_closed /web/database"],
  ["behind a language, too", "GET /fr/web/database/manager", "deny door_closed /web/database"],
  ["behind any first segment", "POST /anything/web/database/drop", "deny door_closed /web/database"],
  ["one first segment only", "GET /fr/en/web/database/manager", "app"],
  ["with inner slashes", "GET /web//database//manager", "deny door_closed /web/database"],
  ["with slashes behind the language", "GET /fr//jsonrpc", "rpc method_refused /jsonrpc"],
  ["the surface is denied", "GET /web/tests", "deny door_closed /web/tests"],
  ["behind a language the surface is denied", "GET /fr/hw_proxy/hello", "deny door_closed /hw_*"],
  ["two doors in one path are denied", "POST /jsonrpc/logo", "deny door_closed /jsonrpc"],
  ["one door twice is one door", "POST /jsonrpc/jsonrpc", "rpc /jsonrpc"],
  ["JSON-RPC is rpc", "POST /jsonrpc", "rpc /jsonrpc"],
  ["JSON-RPC by GET is refused", "GET /jsonrpc", "rpc method_refused /jsonrpc"],
  ["XML-RPC is rpc", "POST /xmlrpc/2/object", "rpc /xmlrpc"],
  ["the db service is rpc, its body decides", "POST /xmlrpc/db", "rpc /xmlrpc"],
  ["XML-RPC by PUT is refused", "PUT /fr/xmlrpc/2/common", "rpc method_refused /xmlrpc"],
  ["/json is rpc by any method", "GET /json/2/res.partner/read", "rpc"],
  ["/json behind a language is rpc", "POST /fr/json/version", "rpc"],
  ["/jsonx is not", "POST /jsonx", "app"],
  ["a posted login is login", "POST /web/login", "login"],
  ["what is under the login is login", "POST /web/login/totp", "login"],
  ["a login behind a language is login", "POST /fr/web/reset_password", "login"],
  ["a login page is app", "GET /web/login", "app"],
  ["sign-up is login", "POST /web/signup", "login"],
  ["a session login is login at its door", "POST /web/session/authenticate", "login /web/session/authenticate"],
  ["a session login by GET is app at its door", "GET /web/session/authenticate", "app /web/session/authenticate"],
  ["/web/logins is app", "POST /web/logins", "app"],
  ["images are static", "GET /web/image/res.partner/3", "static"],
  ["images by HEAD are static", "HEAD /web/image/1", "static"],
  ["a posted image is app", "POST /web/image/1", "app"],
  ["bundles are static", "GET /web/assets/1/x.js", "static"],
  ["a module's files are static", "GET /sale/static/src/x.css", "static"],
  ["a module's folder is static", "GET /sale/static", "static"],
  ["behind a language they are static", "GET /fr/sale/static/x.css", "static"],
  ["/sale/statics is app", "GET /sale/statics", "app"],
  ["/static alone is app", "GET /static/x", "app"],
  ["the logo stands at its door", "GET /web/binary/company_logo?dbname=x", "app /web/binary/company_logo"],
  ["everything else is app", "GET /odoo/action-1/5", "app"],
  ["the root is app", "GET /", "app"],
  ["/websocket without an upgrade is app", "GET /websocket", "app"],
];
for (const [rule, request, want] of rows) {
  const [method = "", target = ""] = request.split(" ");
  t.equal(judged(method, target), want, rule);
}

const realtime: ReadonlyArray<
  readonly [rule: string, target: string, odooMajor: number, upgrade: boolean, want: string]
> = [
  ["an upgrade on /websocket is realtime", "/websocket", 17, true, "realtime"],
  ["behind a language it is not", "/fr/websocket", 17, true, "app"],
  ["with a trailing slash it is not", "/websocket/", 17, true, "app"],
  ["Odoo 15 has none", "/websocket", 15, true, "app"],
  ["a poll of Odoo 15 is realtime", "/longpolling/poll", 15, false, "realtime"],
  ["inner slashes are compared", "/longpolling//poll", 15, false, "app"],
  ["Odoo 16 has no poll", "/longpolling/poll", 16, false, "app"],
];
for (const [rule, target, odooMajor, upgrade, want] of realtime) {
  t.equal(judged("GET", target, { odooMajor, surfaceOpen: new Set() }, upgrade), want, rule);
}

const open = { odooMajor: 17, surfaceOpen: new Set(["/web/tests", "/hw_*", "/web/database"]) };
t.equal(judged("GET", "/web/tests", open), "app", "a tier opens a surface path");
t.equal(judged("GET", "/web/benchmarks", open), "deny door_closed /web/benchmarks", "a tier opens what it names only");
t.equal(judged("GET", "/web/database/x", open), "deny door_closed /web/database", "no tier opens a database door");
t.equal(judged("GET", "/hw_x/jsonrpc", open), "rpc method_refused /jsonrpc", "an open surface hides no door behind it");

const first = classify({ method: "GET", path: "/a", judged: "/a", upgrade: false }, closed);
t.equal(
  classify({ method: "GET", path: "/b", judged: "/b", upgrade: false }, closed),
  first,
  "one object for one rule",
);
t.ok(Object.isFrozen(first), "that nobody can change");

for (const { id, target, must_block, methods = ["GET"], why } of pathCases) {
  if (must_block === "either") continue;
  for (const method of methods) {
    const verdict = judged(method, target);
    const passes = /^(login|realtime|static|app)\b/.test(verdict);
    const isRpc = verdict.startsWith("rpc");
    t.ok(must_block ? !passes : passes || isRpc, `path-bypass ${method} ${id}: ${why} (${verdict})`);
  }
}
