/** Failed logins at stand-in workers that answer as each Odoo does; the clock is handed in. */
import t, { type Test } from "tap";
import type { Clock } from "../../src/core/clock.ts";
import { startTestEdge, type TestEdge } from "../support/edge.ts";
import { LiveClient, request, requestWithBody, until } from "../support/live-client.ts";
import { workersFor } from "../support/odoo.ts";
import { answer } from "../support/recording-worker.ts";
import { type Scene, type SceneSetup, scenario, sceneCatalog } from "../support/scene.ts";

const START_MS = 1_000_000;
const SECOND = 1_000;

class HeldClock implements Clock {
  ms = START_MS;
  nowMs(): number {
    return this.ms;
  }
  epochMs(): number {
    return this.ms;
  }
}

type Try = (name: string, password: string, client: string) => string;
const from = (client: string) => [`X-Forwarded-For: ${client}`];
const form: Try = (name, password, client) =>
  requestWithBody("POST /web/login", `login=${name}&password=${password}`, [
    ...from(client),
    "Content-Type: application/x-www-form-urlencoded",
  ]);
const json = (path: string, params: object, fields: readonly string[]) =>
  requestWithBody(`POST ${path}`, JSON.stringify({ jsonrpc: "2.0", id: "x".repeat(3000), params }), [
    ...fields,
    "Content-Type: application/json",
  ]);
const session: Try = (login, password, client) =>
  json("/web/session/authenticate", { db: "acme.example", login, password }, from(client));
const jsonRpc: Try = (login, password, client) =>
  json(
    "/jsonrpc",
    { service: "common", method: "authenticate", args: ["acme.example", login, password, {}] },
    from(client),
  );
const xmlRpc: Try = (login, password, client) => {
  const values = ["acme.example", login, password].map(
    (text) => `<param><value><string>${text}</string></value></param>`,
  );
  const call = `<?xml version='1.0'?><methodCall><methodName>login</methodName><params>${values.join("")}</params></methodCall>`;
  return requestWithBody("POST /xmlrpc/2/common", call, [...from(client), "Content-Type: text/xml"]);
};

const unlimited = "limits: { login: {}, rpc: {} }";
const proxied = "trustedProxies: [ 127.0.0.1/32 ]";

/** An edge before stand-in workers of one version, and how to ask it. */
async function stand(t: Test, odoo: string) {
  const workers = await workersFor(t, odoo, "^%h$", { databases: ["acme.example"] });
  const clock = new HeldClock();
  const catalog = sceneCatalog(
    { odoo, edge: proxied, tier: unlimited, endpoints: () => [[workers.httpPort, workers.realtimePort]] },
    0,
  );
  const edge = await startTestEdge({ catalog, clock });
  t.teardown(() => edge.close());
  return { edge, clock, ask: (bytes: string) => askOnce(edge, bytes) };
}

async function askOnce(edge: TestEdge, bytes: string) {
  const client = await LiveClient.open(edge.port);
  const [response] = await client.send(bytes).responses(1, ["POST"]);
  client.socket.destroy();
  return response!;
}

const ways: readonly (readonly [way: string, ask: Try])[] = [
  ["form", form],
  ["JSON login", session],
  ["JSON-RPC", jsonRpc],
  ["XML-RPC", xmlRpc],
];
for (const odoo of ["14.0", "17.0", "19.0"]) {
  for (const [way, attempt] of ways) {
    t.test(`Odoo ${odoo}, ${way}: slower, then blocked, and the owner elsewhere is let in`, async (t) => {
      const { edge, clock, ask } = await stand(t, odoo);
      t.equal((await ask(attempt("admin", "admin", "198.51.100.1"))).status < 400, true, "the owner at home");
      const statuses: number[] = [];
      for (let i = 0; i < 10; i++) {
        statuses.push((await ask(attempt("admin", "wrong", "203.0.113.9"))).status);
        clock.ms += (i < 3 ? 0 : 31) * SECOND;
      }
      t.same(statuses, [200, 200, 200, 429, 200, 200, 200, 200, 200, 200], "the fourth came at once");
      clock.ms += 31 * SECOND;
      await ask(attempt("admin", "wrong", "203.0.113.9"));
      const blocked = await ask(attempt("admin", "admin", "203.0.113.9"));
      t.match(blocked, { status: 429 }, "even the right password is not tried");
      t.equal(blocked.fields.find(([name]) => name === "Retry-After")?.[1], "30");
      t.ok((await ask(attempt("admin", "admin", "198.51.100.1"))).status < 400, "at home it is");
      await until("all lines", () => edge.lines.length === 14);
      const codes = edge.lines.map(({ code }) => code);
      t.same(codes, [...Array(4).fill(""), "login_delayed", ...Array(7).fill(""), "login_blocked", ""]);
      t.match(edge.lines[12]!.detail, /^client_login: blocked; login [0-9a-f]{8}$/, "a digest, never the name");
      t.same(edge.faults, []);
    });
  }
}

/** A worker that answers by path. */
const scripted: SceneSetup = {
  odoo: "19.0",
  edge: proxied,
  tier: unlimited,
  clock: new HeldClock(),
  script: {
    onRequest({ target, body }) {
      if (target.startsWith("/json/2")) return answer(401, "{}", "close");
      if (target.includes("totp")) return answer(200, "wrong code", "close");
      if (body.includes("broken")) return answer(500, "oops", "close");
      if (body.includes("coded")) return answer(200, "zzz", "close", [["Content-Encoding", "gzip"]]);
      if (body.includes("second")) return answer(303, "", "close", [["Location", "/web/login/totp"]]);
      return answer(303, "", "close", [["Location", "/fr/web/login"]]);
    },
  },
};
async function statuses(scene: Scene, count: number, bytes: string): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const { status } = await scene.ask(bytes, "POST");
    seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

scenario("workers that fail, answers that tell nothing and second factors block nobody", scripted, async (scene, t) => {
  const attempt = (password: string, client: string) => form("ann", password, client);
  t.same(await statuses(scene, 30, attempt("broken", "203.0.113.1")), { 500: 30 });
  t.same(await statuses(scene, 30, session("ann", "coded", "203.0.113.2")), { 200: 30 });
  t.same(await statuses(scene, 30, attempt("second", "203.0.113.3")), { 303: 30 });
  t.same(await statuses(scene, 30, attempt("x", "203.0.113.4")), { 303: 30 }, "a redirect to the page itself");
  t.equal(await scene.metric("login_attempts_total", { outcome: "failed" }), 0);
  t.equal(await scene.metric("login_attempts_total", { outcome: "unknown" }), 90);
  t.equal(await scene.metric("login_attempts_total", { outcome: "succeeded" }), 30);
});

scenario("keys and one-time codes have a client's room", { ...scripted, clock: new HeldClock() }, async (scene, t) => {
  const key = requestWithBody("POST /json/2/res.partner/read", "{}", [
    "X-Forwarded-For: 203.0.113.5",
    "Authorization: bearer x",
    "Content-Type: application/json",
  ]);
  t.same(await statuses(scene, 45, key), { 401: 40, 429: 5 });
  const code = requestWithBody("POST /fr/web/login/totp", "totp_token=123456", ["X-Forwarded-For: 203.0.113.5"]);
  t.same(await statuses(scene, 45, code), { 200: 40, 429: 5 });
  t.equal(await scene.metric("login_blocks_total", { scope: "client_login" }), 2);
  t.equal(await scene.metric("login_refusals_total", { scope: "client_login", why: "blocked" }), 10);
});

const wrong: SceneSetup = {
  edge: proxied,
  tier: unlimited,
  script: { onRequest: () => answer(200, "Wrong login/password", "close") },
};
scenario("one address on 1000 names", { ...wrong, clock: new HeldClock() }, async (scene, t) => {
  for (let i = 0; i < 60; i++) await scene.ask(form(`name${i}`, "x", "203.0.113.9"), "POST");
  t.equal(scene.arrived.length, 40);
  t.equal((await scene.ask(request("GET /web/login", from("203.0.113.9")))).status, 200, "pages are still served");
  t.match(await scene.line(59), {
    code: "login_blocked",
    detail: /^client: blocked; login [0-9a-f]{8}$/,
    endpoint: "",
  });
});

scenario("100 addresses on one name, and a rotating /64", { ...wrong, clock: new HeldClock() }, async (scene, t) => {
  for (let i = 0; i < 60; i++) {
    const client = i % 2 === 0 ? `203.0.113.${i}` : `2001:db8:0:${i.toString(16)}::1`;
    await scene.ask(form("ann", "x", client), "POST");
  }
  t.equal(scene.arrived.length, 20);
  t.equal(await scene.metric("login_blocks_total", { scope: "login" }), 1);
});

scenario(
  "one /64 is one client; internal clients and a tier that says so are not counted",
  { ...wrong, edge: `${proxied}, internalClients: [ 10.0.0.0/8 ]`, clock: new HeldClock() },
  async (scene, t) => {
    for (let i = 0; i < 6; i++) await scene.ask(form("ann", "x", `2001:db8::${i + 1}`), "POST");
    t.equal(scene.arrived.length, 3);
    t.same(await statuses(scene, 20, form("bob", "x", "10.1.2.3")), { 200: 20 });
  },
);
scenario("switched off", { ...wrong, tier: `${unlimited}, failedLogins: { enabled: false }` }, async (scene, t) => {
  t.same(await statuses(scene, 20, form("ann", "x", "203.0.113.9")), { 200: 20 });
});

const slow: SceneSetup = {
  ...wrong,
  pool: "workers: 2",
  clock: new HeldClock(),
  script: { onRequest: () => [{ waitMs: 100 }, ...answer(200, "Wrong login/password", "close")] },
};
scenario("a hundred guesses at once are ten, and clients who leave free their place", slow, async (scene, t) => {
  const asked = Array.from({ length: 100 }, () => scene.ask(form("ann", "x", "203.0.113.9"), "POST"));
  const got = (await Promise.all(asked)).map(({ status }) => status);
  t.equal(got.filter((status) => status === 200).length, 10);
  t.equal(scene.arrived.length, 10);
  const client = await scene.client();
  client.send(form("bob", "x", "203.0.113.7"));
  await until("it is at the worker", () => scene.arrived.length === 11);
  client.reset();
  await scene.line(100);
  t.equal(
    await scene.metric("login_entries"),
    3,
    "of bob nothing stays: nobody learned whether his password was right",
  );
});

scenario(
  "the guard beside a worker counts by the client that Envoy names",
  { ...wrong, edge: "", mode: "guard", clock: new HeldClock() },
  async (scene, t) => {
    t.same(await statuses(scene, 5, form("ann", "x", "203.0.113.9")), { 200: 3, 429: 2 });
    t.same(await statuses(scene, 3, form("ann", "x", "203.0.113.10")), { 200: 3 });
  },
);
