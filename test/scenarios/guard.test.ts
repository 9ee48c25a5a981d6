/** The guard through a running edge: nothing foreign reaches a worker, and who is refused can read why. */

import { request, requestWithBody } from "../support/live-client.ts";
import { answer } from "../support/recording-worker.ts";
import { type Scene, scenario } from "../support/scene.ts";

const json = "Content-Type: application/json";
const xml = "Content-Type: text/xml";
const call = (database: string, method = "execute_kw") =>
  JSON.stringify({ jsonrpc: "2.0", id: 7, params: { service: "object", method, args: [database, 2, "key"] } });
const xmlCall = (database: string) =>
  `<?xml version='1.0'?>\n<methodCall>\n<methodName>execute_kw</methodName>\n<params>\n<param>\n<value><string>${database}</string></value>\n</param>\n</params>\n</methodCall>\n`;
const OWN = "acme.example";
const OTHER = "globex.example";
const EXPECTED = `this hostname serves the database \`${OWN}\` and no other`;

const reachedWorker = (scene: Scene) => scene.arrived.length;

scenario("a call of the tenant's own database passes byte for byte", {}, async (scene, t) => {
  for (const [target, type, body] of [
    ["POST /jsonrpc", json, call(OWN)],
    ["POST /fr/jsonrpc", json, call(OWN)],
    ["POST /xmlrpc/2/object", xml, xmlCall(OWN)],
    ["POST /pretty", json, call(OWN)],
  ] as const) {
    const reply = await scene.ask(requestWithBody(target, body, [type]));
    t.equal(reply.status, 200, target);
    t.equal(String(scene.arrived.at(-1)!.body), body, `${target}: the body is unharmed`);
  }
});

scenario("a call of another database never reaches a worker, on any path", {}, async (scene, t) => {
  for (const [target, type, body, form] of [
    ["POST /jsonrpc", json, call(OTHER), "json"],
    ["POST /fr//%6asonrpc", json, call(OTHER), "json"],
    ["POST /pretty", "Content-Type: text/plain", call(OTHER), "json"],
    ["POST /jsonrpc", json, call(OTHER).replace("globex", "\\u0067lobex"), "json"],
    ["POST /web/session/authenticate", json, JSON.stringify({ params: { db: OTHER } }), "json"],
    ["POST /xmlrpc/2/object", xml, xmlCall(OTHER), "xml"],
    ["POST /pretty", "Content-Type: text/plain", xmlCall(OTHER), "xml"],
  ] as const) {
    const reply = await scene.ask(requestWithBody(target, body, [type]));
    t.equal(reply.status, 200, `${target}: RPC clients read no other status`);
    t.match(reply.body, form === "json" ? /"error"/ : /<fault>/, `${target}: in the caller's protocol`);
    t.match(reply.body, EXPECTED, `${target}: names the expected database`);
    t.notMatch(reply.body, "globex", `${target}: repeats nothing of the request`);
  }
  t.equal(reachedWorker(scene), 0, "no worker was asked");
  t.match(await scene.line(0), { code: "guard_refused", status: 200, endpoint: "" });
});

scenario("forms and queries name no other database", {}, async (scene, t) => {
  const form = "Content-Type: application/x-www-form-urlencoded";
  for (const bytes of [
    requestWithBody("POST /web/login", `login=a&d%62=${OTHER}`, [form]),
    requestWithBody("POST /contactus", "master_pwd=admin", [form]),
    request(`GET /web/login?db=${OTHER}`),
  ]) {
    const reply = await scene.ask(bytes);
    t.equal(reply.status, 403);
    t.match(reply.body, EXPECTED);
  }
  t.equal(
    (await scene.ask(requestWithBody("POST /website/form/x", `db=${OTHER}`, [form]))).status,
    200,
    "a form's own field",
  );
  t.equal((await scene.ask(request(`GET /web/login?db=${OWN}`))).status, 200, "the own database");
});

scenario("a tier without RPC refuses calls on every path", { tier: 'rpc: "off"' }, async (scene, t) => {
  const door = await scene.ask(requestWithBody("POST /jsonrpc", call(OWN), [json]));
  t.equal(door.status, 403, "at the door by its path");
  const alias = await scene.ask(requestWithBody("POST /pretty", call(OWN), [json]));
  t.match(alias.body, /the tier serves no RPC/, "elsewhere by its content");
  t.equal(reachedWorker(scene), 0);
});

scenario(
  "an exempt field means something else on its path, also behind a language",
  { tenant: "pool: odoo, guard: { exempt: [ { path: /my-form, names: [ db ] } ] }" },
  async (scene, t) => {
    const form = ["Content-Type: application/x-www-form-urlencoded"];
    const ask = async (target: string) => (await scene.ask(requestWithBody(target, `db=${OTHER}`, form))).status;
    t.equal(await ask("POST /my-form"), 200);
    t.equal(await ask("POST /fr/my-form"), 200);
    t.equal(await ask("POST /other-form"), 403);
  },
);

scenario(
  "a redirect to the database selector, also behind a language, is an alert and no page",
  { script: { onRequest: () => answer(303, "", "close", [["Location", "/fr/web/database/selector"]]) } },
  async (scene, t) => {
    t.equal((await scene.ask(request("GET /web"))).status, 503);
    t.match(await scene.line(0), { code: "binding_lost" });
  },
);
