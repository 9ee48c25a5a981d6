/** `serve --guard-only`: behind Envoy and beside the workers, with Envoy's word on who the client is. */
import { startTestEdge } from "../support/edge.ts";
import { LiveClient, request, requestWithBody } from "../support/live-client.ts";
import { answer, type RecordedRequest } from "../support/recording-worker.ts";
import { type SceneCatalog, scenario, sceneCatalog, tenantDocument } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";

const mode = "guard";
const external: SceneCatalog = { listeners: "{ name: http, address: 127.0.0.1, port: 0, externalPort: 8443 }" };

/** A client's request as Envoy 1.40 hands it on: names lower-cased, its own fields behind the client's. */
function throughEnvoy(bytes: string, port: string): string {
  const [head = "", body] = bytes.split("\r\n\r\n");
  const lines = head
    .split("\r\n")
    .map((line, i) => (i === 0 ? line : line.replace(/^[^:]+/, (name) => name.toLowerCase())));
  const [start = "", ...fields] = lines.map((line) => (line.startsWith("host:") ? `${line}${port}` : line));
  const own = [
    "x-forwarded-for: 127.0.0.1",
    "x-forwarded-proto: http",
    "x-envoy-external-address: 127.0.0.1",
    "x-request-id: 08a2afa6-0b3e-44cd-9e07-ef6300aa086a",
  ];
  return `${[start, ...fields, ...own].join("\r\n")}\r\n\r\n${body}`;
}

/** What a worker received, but for the ids and the case of field names, which Envoy does not keep. */
const received = ({ method, target, fields, body }: RecordedRequest) => ({
  start: `${method} ${target}`,
  fields: fields
    .filter(([name]) => name !== "X-Request-Id" && name !== "traceparent")
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`),
  body,
});

const browser = ["User-Agent: Mozilla/5.0", "Accept: */*", "Cookie: session_id=abc; frontend_lang=fr_FR"];
const sent: ReadonlyArray<readonly [rule: string, bytes: string]> = [
  ["a page", request("GET /web?debug=1", browser)],
  ["a path with an inner run of slashes", request("GET /report/barcode/QR/https://x.example/a", browser)],
  [
    "a form",
    requestWithBody("POST /web/login", "login=a&password=b", [
      ...browser,
      "Content-Type: application/x-www-form-urlencoded",
    ]),
  ],
  ["an empty post", requestWithBody("POST /web/session/logout", "", browser)],
  ["a deletion with a body", requestWithBody("DELETE /api/x", "{}", browser)],
  ["another method", request("OPTIONS /web", ["Origin: https://shop.example", "Access-Control-Request-Method: POST"])],
  [
    "claims of a client's",
    request("GET /", ["X-Odoo-Database: globex", "X-Real-IP: 6.6.6.6", "X-Forwarded-Host: evil.example"]),
  ],
];
scenario("the worker receives what the edge itself would send", { ...external, mode }, async (scene, t) => {
  const edge = await startTestEdge({ catalog: sceneCatalog(external, scene.worker.port) });
  try {
    for (const [rule, bytes] of sent) {
      await scene.ask(throughEnvoy(bytes, ":8443"), bytes.slice(0, bytes.indexOf(" ")));
      const client = await LiveClient.open(edge.port);
      await client.send(bytes).responses(1, [bytes.slice(0, bytes.indexOf(" "))]);
      client.socket.destroy();
      const [behindEnvoy, alone] = scene.arrived.slice(-2).map(received);
      t.strictSame(behindEnvoy, alone, rule);
      t.ok(alone!.fields.includes("host: acme.example:8443"), `${rule}: the catalog's hostname and port`);
    }
  } finally {
    await edge.close();
  }
});

scenario(
  "Envoy's word on client, scheme and ids is believed, whatever its address",
  { ...external, mode },
  async (scene, t) => {
    const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const ids = ["x-request-id: 08a2afa6-0b3e-44cd-9e07-ef6300aa086a", `traceparent: ${trace}`];
    await scene.ask(request("GET /", ["x-forwarded-for: 203.0.113.9", "x-forwarded-proto: https", ...ids]));
    const fields = new Map(scene.arrived[0]!.fields);
    t.equal(fields.get("X-Forwarded-For"), "203.0.113.9");
    t.equal(fields.get("X-Forwarded-Proto"), "https");
    t.equal(fields.get("X-Request-Id"), "08a2afa6-0b3e-44cd-9e07-ef6300aa086a");
    t.match(fields.get("traceparent"), /^00-a{32}-(?!b{16})[0-9a-f]{16}-01$/);
    t.match(await scene.line(0), { client: "203.0.113.9", request_id: "08a2afa6-0b3e-44cd-9e07-ef6300aa086a" });
    await scene.ask(request("GET /", ["x-forwarded-for: 6.6.6.6, 203.0.113.9"]));
    t.match(
      await scene.line(1),
      { client: "203.0.113.9" },
      "what stands before Envoy's own entry is the client's claim",
    );
  },
);

scenario(
  "proxies before Envoy are the catalog's trusted ones",
  { mode, edge: "trustedProxies: [ 10.0.0.0/8 ]" },
  async (scene, t) => {
    await scene.ask(request("GET /", ["x-forwarded-for: 6.6.6.6, 203.0.113.9, 10.1.2.3"]));
    t.match(await scene.line(0), { client: "203.0.113.9" });
  },
);

scenario(
  "address lists, origins and rates are Envoy's",
  {
    mode,
    script: {
      onRequest: (asked) =>
        asked.target === "/websocket" ? accepting((s) => s.destroy())(asked) : answer(200, "", "close"),
    },
    tenant: "pool: odoo, access: { deny: [ 127.0.0.0/8 ] }",
    tier: "limits: { app: { perClient: { requests: 1, unit: Hour, burst: 1 } } }",
  },
  async (scene, t) => {
    for (let i = 0; i < 3; i++) t.equal((await scene.ask(request("GET /web"))).status, 200);
    const session = ["Origin: https://evil.example", "Cookie: session_id=abc"];
    t.equal((await scene.ask(upgrade("/websocket", session))).status, 101);
  },
);

scenario(
  "what Envoy should have answered is answered here as well",
  {
    mode,
    tenant:
      "pool: odoo, aliases: [ { hostname: old.example, mode: Redirect }, { hostname: also.example, mode: Rewrite } ]",
    more: tenantDocument("asleep", "pool: odoo, tier: tier, state: Suspended"),
  },
  async (scene, t) => {
    for (const [host, path, code] of [
      ["old.example", "/web", "alias_redirect"],
      ["asleep.example", "/web", "suspended"],
      ["nobody.example", "/web", "unknown_host"],
      ["acme.example", "/web/database/manager", "door_closed"],
      ["also.example", "/web", ""],
    ] as const) {
      const index = scene.edge.lines.length;
      await scene.ask(request(`GET ${path}`, [`Host: ${host}`]));
      t.equal((await scene.line(index)).code, code, `${host}${path}`);
    }
    t.strictSame(
      scene.arrived.map(({ fields }) => new Map(fields).get("Host")),
      ["acme.example"],
    );
  },
);

scenario("a refused call is answered in its protocol", { mode }, async (scene, t) => {
  const call = JSON.stringify({ params: { service: "db", method: "list", args: [] } });
  const reply = await scene.ask(requestWithBody("POST /jsonrpc", call, ["Content-Type: application/json"]));
  t.match(reply, { status: 200, body: /"code":"guard_refused"/ });
  t.strictSame(scene.arrived, []);
});
