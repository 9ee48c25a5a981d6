import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import t from "tap";
import { isLocalHost, startAdmin } from "../../src/admin/admin.ts";
import { jsonObjectPieces } from "../../src/admin/json-stream.ts";
import type { AdminSource } from "../../src/admin/sources.ts";
import { generatedPlan } from "../support/generated-plan.ts";

const plan = generatedPlan(20_000);
const endpoint = {
  pool: "odoo-18",
  endpoint: "127.0.0.1:18069",
  address: "127.0.0.1",
  state: "healthy",
  inFlight: 1,
  slots: 8,
  realtime: 0,
  faults: 0,
  lastCheck: "fine",
};
const live = { pool: "odoo-18", tier: "pro", inFlight: 1, queued: 0, sockets: 2, counters: { requests: 7 } };
const reports = new Map(plan.tenants.map((tenant) => [tenant.name, { tenant, ...live }]));
const source: AdminSource = {
  version: "1.2.3",
  hash: () => plan.hash,
  plan: () => plan,
  tenant: (name) => {
    if (name === "broken") throw new Error("cannot report");
    return reports.get(name) ?? null;
  },
  endpoints: () => [endpoint],
};
const server = await startAdmin({ address: "127.0.0.1", port: 0 }, source);
t.teardown(() => server.close());

/** Asks the admin server; the Host field is as given. */
async function ask(path: string, method = "GET", host = "localhost"): Promise<IncomingMessage> {
  const asked = request({ host: "127.0.0.1", port: server.port, path, method, headers: { Host: host } }).end();
  const [response] = await once(asked, "response");
  return response;
}

const nothing = { error: "not_found", message: "nothing at `/nothing`" };
const rows: readonly (readonly [rule: string, path: string, status: number, body: unknown])[] = [
  ["version", "/version", 200, { version: "1.2.3", node: process.version, plan: "c0ffee" }],
  ["endpoints", "/endpoints", 200, [endpoint]],
  ["the whole plan", "/plan", 200, plan],
  ["one tenant", "/tenants/t7", 200, { tenant: plan.tenants[7], ...live }],
  ["a tenant that is not there", "/tenants/x", 404, { error: "not_found", message: "nothing at `/tenants/x`" }],
  ["a name that every object has", "/tenants/__proto__", 404, { error: "not_found" }],
  ["an unknown path", "/nothing", 404, nothing],
  ["a query is no part of the path", "/nothing?/version", 404, nothing],
  ["a fault is an answer", "/tenants/broken", 500, { error: "internal", message: "cannot report" }],
];
for (const [rule, path, status, body] of rows) {
  t.test(rule, async (t) => {
    const response = await ask(path);
    t.equal(response.statusCode, status);
    t.equal(response.headers["content-type"], "application/json");
    t.equal(response.headers["cache-control"], "no-store");
    t.match(JSON.parse(await text(response)), body as object);
  });
}

t.test("the list of tenants", async (t) => {
  const listed = JSON.parse(await text(await ask("/tenants")));
  t.equal(listed.length, 20_000);
  t.same(listed[19_999], { name: "t19999", hostname: "t19999.example", state: "Active", pool: "odoo-18", tier: "pro" });
});

t.test("a large plan is made and sent in many small pieces, the loop turning between them", async (t) => {
  const pieces = [...jsonObjectPieces(plan)];
  t.ok(pieces.length > 200, "many pieces");
  t.ok(Math.max(...pieces.map((piece) => piece.length)) < 100 * 1024, "none grows with the number of tenants");
  t.same(JSON.parse(pieces.join("")), plan, "together they are the plan");
  t.equal([...jsonObjectPieces({ a: [], b: 1 })].join(""), '{"a":[],"b":1}\n', "an empty list");
  t.equal([...jsonObjectPieces({})].join(""), "{}\n", "an empty object");
  let turns = 0;
  let counting = true;
  const turn = () => {
    turns++;
    if (counting) setImmediate(turn);
  };
  setImmediate(turn);
  await text(await ask("/plan"));
  counting = false;
  t.ok(turns > 200, "one turn of the loop for each piece at least");
});

t.test("a reader that leaves in the middle harms nobody", async (t) => {
  const response = await ask("/plan");
  await once(response, "data");
  response.destroy();
  t.equal((await ask("/version")).statusCode, 200);
});

t.test("methods", async (t) => {
  const head = await ask("/plan", "HEAD");
  t.equal(head.statusCode, 200);
  t.equal(await text(head), "", "HEAD has no body");
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await ask("/plan", method);
    t.equal(response.statusCode, 405, method);
    t.equal(response.headers.allow, "GET, HEAD", `${method} is told what is allowed`);
  }
});

const hosts: readonly (readonly [rule: string, host: string, local: boolean])[] = [
  ["an IPv4 address", "127.0.0.1", true],
  ["an IPv4 address with a port", "127.0.0.1:9901", true],
  ["an IPv6 address", "[::1]", true],
  ["an IPv6 address with a port", "[::1]:9901", true],
  ["localhost", "localhost:9901", true],
  ["localhost in capitals", "LOCALHOST", true],
  ["a name that may be rebound", "admin.attacker.example:9901", false],
  ["a name that ends in localhost", "a.localhost", false],
  ["a name that begins like an address", "127.0.0.1.nip.example", false],
  ["an IPv6 address without brackets", "::1", false],
  ["an address as a decimal number", "2130706433", false],
  ["a short address", "127.1", false],
  ["an IPv4 address in brackets", "[127.0.0.1]", false],
  ["userinfo", "x@127.0.0.1", false],
  ["empty", "", false],
  ["a port that is none", "127.0.0.1:x", false],
];
for (const [rule, host, local] of hosts) t.equal(isLocalHost(host), local, rule);

t.test("a foreign Host is refused on every path", async (t) => {
  for (const path of ["/plan", "/tenants", "/tenants/t1", "/endpoints", "/version", "/nothing"]) {
    const response = await ask(path, "GET", "admin.attacker.example");
    t.equal(response.statusCode, 403, path);
    t.equal(JSON.parse(await text(response)).error, "foreign_host", path);
  }
});

t.test("a port in use is the system's error", async (t) => {
  await t.rejects(startAdmin({ address: "127.0.0.1", port: server.port }, source), { code: "EADDRINUSE" });
});
