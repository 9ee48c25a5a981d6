/** `serve --ext-auth`: Envoy asks whether a request may pass. 200 is a yes, and nothing else may ever be one. */
import t from "tap";
import { answerCodes, answerTable } from "../../src/core/answers.ts";
import { stepsOf } from "../../src/router/modes.ts";
import { request } from "../support/live-client.ts";
import { scenario, sceneCatalog, tenantDocument } from "../support/scene.ts";
import { exampleKey } from "../support/socket-client.ts";

const mode = "authorizer";
const OTHER = "globex.example";
const json = "content-type: application/json";
const whole = "x-envoy-auth-partial-body: false";
const call = (database: string) =>
  JSON.stringify({ params: { service: "object", method: "execute_kw", args: [database, 2, "key"] } });
const xmlCall = (database: string) =>
  `<methodCall><methodName>execute_kw</methodName><params><param><value><string>${database}</string></value></param></params></methodCall>`;
/** A question as Envoy 1.40 asks it: a length always, and its own fields behind those that it was told to show. */
const asked = (line: string, fields: readonly string[] = [], body = "") =>
  request(line, ["host: acme.example:8443", `content-length: ${body.length}`, ...fields, ...own], body);
const own = ["x-forwarded-for: 203.0.113.9", "x-envoy-internal: true", "x-envoy-expected-rq-timeout-ms: 10000"];
const YES = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

scenario("what may pass is a bare 200, and no worker is asked", { mode }, async (scene, t) => {
  const client = await scene.client();
  await client.send(asked("POST /jsonrpc", [json, whole], call("acme.example"))).responses(1);
  t.equal(client.text, YES);
  t.match(await scene.line(0), {
    status: 200,
    code: "",
    rule: "rpc",
    client: "203.0.113.9",
    endpoint: "",
    tenant: "acme",
  });
  await scene.edge.reload(sceneCatalog({ more: tenantDocument("globex") }, scene.worker.port));
  t.equal((await scene.ask(asked("GET /web"))).status, 200, "after a reload as well");
  t.strictSame(scene.edge.edge.endpoints(), [], "no endpoint is looked for");
  t.strictSame(scene.worker.connections, []);
});

const calls: ReadonlyArray<readonly [rule: string, bytes: string, type: string, body: RegExp]> = [
  [
    "JSON-RPC",
    asked("POST /jsonrpc", [json, whole], call(OTHER)),
    "application/json",
    /"error".*serves the database `acme.example`/,
  ],
  ["JSON-RPC at an alias", asked("POST /pretty", [whole], call(OTHER)), "application/json", /"error"/],
  [
    "XML-RPC",
    asked("POST /xmlrpc/2/object", ["content-type: text/xml", whole], xmlCall(OTHER)),
    "text/xml; charset=utf-8",
    /<fault>/,
  ],
  ["XML-RPC at an alias", asked("POST /pretty", [whole], xmlCall(OTHER)), "text/xml; charset=utf-8", /<fault>/],
];
for (const [rule, bytes, type, body] of calls) {
  scenario(`a refused call of ${rule} is a 403 in its protocol, never a yes`, { mode }, async (scene, t) => {
    const reply = await scene.ask(bytes, "POST");
    t.equal(reply.status, 403);
    t.equal(new Map(reply.fields).get("Content-Type"), type);
    t.match(reply.body, body);
    t.notMatch(reply.body, "globex");
    t.match(await scene.line(0), { status: 403, code: "guard_refused" });
  });
}

t.test("no answer of the table is a yes", async (t) => {
  const yes = answerCodes.filter((code) => answerTable[code].status >= 200 && answerTable[code].status < 300);
  t.strictSame(yes, []);
});

const handshake = ["connection: Upgrade", "upgrade: websocket", `sec-websocket-key: ${exampleKey}`];
const parts: ReadonlyArray<readonly [rule: string, bytes: string, status: number, odoo: string]> = [
  ["a handshake at the realtime path", asked("GET /websocket", handshake), 200, "18.0"],
  ["a handshake elsewhere", asked("GET /web", handshake), 403, "18.0"],
  ["a handshake for Odoo 15, which has none", asked("GET /websocket", handshake), 403, "15.0"],
  ["a call with an upgrade, whose body is hidden", asked("POST /jsonrpc", [json, ...handshake]), 403, "18.0"],
  ["an upgrade that Connection does not name", asked("POST /pretty", ["Upgrade:websocket"]), 403, "18.0"],
  ["the beginning of a body", asked("POST /pretty", ["x-envoy-auth-partial-body: true"], "{"), 413, "18.0"],
  ["a body of which nothing is said", asked("POST /pretty", ["x-envoy-auth-partial-body:"], "{"), 413, "18.0"],
  ["no body at a door that a body opens", asked("POST /jsonrpc", [json]), 403, "18.0"],
  ["no body at a login", asked("POST /fr/web/session/authenticate", [json]), 403, "18.0"],
  ["no body elsewhere", asked("POST /web/session/logout"), 200, "18.0"],
  ["two cookie lines, one of them a session's", asked("GET /web", ["cookie: session_id=a,b=1"]), 200, "18.0"],
  ["two cookie lines, each a session's", asked("GET /web", ["cookie: b=1; session_id=a,session_id=b"]), 400, "18.0"],
  ["a cookie that holds JSON", asked("GET /web", ['cookie: im={"a":1,"session_id":2}; session_id=a']), 200, "18.0"],
  ["an empty body at a door", asked("POST /jsonrpc", [json, whole]), 200, "18.0"],
];
for (const [rule, bytes, status, odoo] of parts) {
  scenario(`only what was shown whole passes: ${rule}`, { mode, odoo }, async (scene, t) => {
    t.equal((await scene.ask(bytes)).status, status);
  });
}

const others = tenantDocument("asleep", "pool: odoo, tier: tier, state: Suspended");
const aliases = "pool: odoo, aliases: [ { hostname: old.example, mode: Redirect } ]";
scenario(
  "what Envoy answers itself passes when it names nothing",
  { mode, tenant: aliases, more: others },
  async (scene, t) => {
    for (const [host, line, body, code] of [
      ["old.example", "GET /web", "", ""],
      ["asleep.example", "GET /web", "", ""],
      ["old.example", "POST /pretty", call(OTHER), "guard_refused"],
      ["asleep.example", "POST /pretty", call(OTHER), "guard_refused"],
      ["asleep.example", "GET /web/database/manager", "", "door_closed"],
      ["old.example", "GET /xmlrpc/2/db", "", "method_refused"],
      ["nobody.example", "GET /web", "", "unknown_host"],
    ] as const) {
      const index = scene.edge.lines.length;
      await scene.ask(request(line, [`host: ${host}`, `content-length: ${body.length}`, ...own], body));
      t.equal((await scene.line(index)).code, code, `${host} ${line}`);
    }
  },
);

scenario("one connection carries many questions, refusals among them", { mode }, async (scene, t) => {
  const client = await scene.client();
  const rounds = 30;
  for (let i = 0; i < rounds; i++) {
    client.send(
      asked(`GET /web?n=${i}`) + asked("POST /pretty", [json, whole], call(i % 2 === 0 ? OTHER : "acme.example")),
    );
    await client.responses(2 * i + 2);
  }
  const statuses = (await client.responses(2 * rounds)).map(({ status }) => status);
  t.strictSame(statuses, Array.from({ length: rounds }, (_, i) => [200, i % 2 === 0 ? 403 : 200]).flat());
  t.equal(client.ended, "");
});

for (const step of stepsOf.authorizer) {
  scenario(`a fault in step ${step.name} is no yes`, { mode, faults: [step.name] }, async (scene, t) => {
    const { run } = step;
    step.run = () => {
      throw new Error("made up");
    };
    const reply = await scene.ask(asked("GET /web")).finally(() => {
      step.run = run;
    });
    t.equal(reply.status, 500);
    t.equal((await scene.ask(asked("GET /web"))).status, 200);
  });
}

const shed: ReadonlyArray<readonly [rule: string, edge: string, tier: string, sent: string, status: number]> = [
  [
    "no room for a body",
    "bodies: { memoryMax: 1Mi, memoryBudget: 64Ki }",
    "",
    asked("POST /", [whole], "x".repeat(200_000)),
    503,
  ],
  [
    "a body that stalls",
    "",
    "timeouts: { body: 300ms }",
    request("POST /", ["content-length: 9", whole], "12345678"),
    408,
  ],
  ["a body over the tier's limit", "", "body: { max: 1Ki }", asked("POST /", [whole], "x".repeat(2000)), 413],
];
for (const [rule, edge, tier, sent, status] of shed) {
  scenario(`${rule} is no yes`, { mode, edge, tier }, async (scene, t) => {
    const client = await scene.client();
    t.match(await client.send(sent).responses(1), [{ status, closes: true }]);
  });
}

scenario("a question in flight is answered while it drains, and the connection ends", { mode }, async (scene, t) => {
  const client = await scene.client();
  const body = call("acme.example");
  const question = asked("POST /jsonrpc", [json, whole], body);
  client.send(question.slice(0, -10));
  const other = await scene.client();
  await other.send(asked("GET /web")).responses(1);
  const drained = scene.edge.edge.drain({ graceMs: 0, deadlineMs: 5_000 });
  t.match(await client.send(question.slice(-10)).responses(1), [{ status: 200, closes: true }]);
  t.equal(await client.end(), "closed");
  t.equal(await other.end(), "closed");
  t.equal(await drained, true, "nothing was cut");
});
