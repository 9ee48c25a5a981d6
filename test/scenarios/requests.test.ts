/** What the worker receives of a request, byte for byte where it matters. */
import { request, requestWithBody } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";

const hex32 = /^[0-9a-f]{32}$/;
const trace = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

scenario("every method is relayed, and its answer comes back", {}, async (scene, t) => {
  for (const method of ["GET", "HEAD", "OPTIONS", "DELETE", "PROPFIND"]) {
    const { status, faults } = await scene.ask(request(`${method} /a?b=c`), method);
    t.strictSame({ status, faults }, { status: 200, faults: [] }, method);
  }
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const { status } = await scene.ask(requestWithBody(`${method} /a?b=c`, "body"), method);
    t.equal(status, 200, `${method} with a body`);
  }
  const arrived = scene.arrived.map(({ method, target, body, faults }) => [method, target, body, ...faults]);
  t.strictSame(arrived, [
    ["GET", "/a?b=c", ""],
    ["HEAD", "/a?b=c", ""],
    ["OPTIONS", "/a?b=c", ""],
    ["DELETE", "/a?b=c", ""],
    ["PROPFIND", "/a?b=c", ""],
    ["POST", "/a?b=c", "body"],
    ["PUT", "/a?b=c", "body"],
    ["PATCH", "/a?b=c", "body"],
    ["DELETE", "/a?b=c", "body"],
  ]);
  await scene.codes(9);
  t.ok(scene.edge.lines.every((line) => line.status === 200 && line.code === "" && line.tenant === "acme"));
  t.equal(await scene.metric("requests_total", { code: "relayed" }), 9);
});

const forged = [
  ...["X-Forwarded-For: 9.9.9.9", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Real-IP: 9.9.9.9"],
  ...["Forwarded: for=9.9.9.9", "X-Request-Id: forged-id-1234", "X-Odoo-Database: other", "X-Accel-Redirect: /x"],
  ...["X-HTTP-Method-Override: PUT", "Proxy: http://evil", "TE: trailers", "Keep-Alive: 5", "X-Nominated: 1"],
  ...[
    `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    "Connection: keep-alive, X-Nominated",
    "Content-Encoding: gzip",
  ],
];

scenario("identity is the edge's, single-valued and last", {}, async (scene, t) => {
  await scene.ask(request("GET /", ["Host: ACME.example:80", "X-Kept: 1", ...forged, "Cookie: a=1", "Cookie: b=2"]));
  const [{ fields }] = scene.arrived as [(typeof scene.arrived)[0]];
  const names = fields.map(([name]) => name);
  const value = (wanted: string) => fields.find(([name]) => name === wanted)?.[1];
  t.strictSame(names, [
    "X-Kept",
    "Cookie",
    "Host",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-For",
    "X-Real-IP",
    "X-Request-Id",
    "traceparent",
  ]);
  t.equal(value("Cookie"), "a=1; b=2");
  t.equal(value("Host"), "acme.example");
  t.equal(value("X-Forwarded-Host"), "acme.example");
  t.equal(value("X-Forwarded-Proto"), "http");
  t.equal(value("X-Forwarded-For"), "127.0.0.1");
  t.equal(value("X-Real-IP"), "127.0.0.1");
  t.match(value("X-Request-Id"), hex32);
  t.match(value("traceparent"), trace);
  t.equal((await scene.line(0)).request_id, value("X-Request-Id"));
});

const proxied = {
  edge: "trustedProxies: [ 127.0.0.1/32 ]",
  listeners: "{ name: http, address: 127.0.0.1, port: 0, externalPort: 8443 }",
};

scenario("a trusted proxy's claims are believed", proxied, async (scene, t) => {
  const claims = [
    "X-Forwarded-For: 6.6.6.6, 203.0.113.9",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
  ];
  const ids = ["X-Request-Id: given-id-1234", `traceparent: 00-${"a".repeat(32)}-${"b".repeat(16)}-00`];
  await scene.ask(request("GET /", [...claims, ...ids]));
  const fields = new Map(scene.arrived[0]!.fields);
  t.equal(fields.get("Host"), "acme.example:8443", "the external port, which is not the default one");
  t.equal(fields.get("X-Forwarded-Host"), "acme.example:8443");
  t.equal(fields.get("X-Forwarded-Proto"), "https");
  t.equal(fields.get("X-Forwarded-For"), "203.0.113.9");
  t.equal(fields.get("X-Request-Id"), "given-id-1234");
  t.match(fields.get("traceparent"), /^00-a{32}-(?!b{16})[0-9a-f]{16}-00$/);
  t.match(await scene.line(0), { client: "203.0.113.9", request_id: "given-id-1234" });
});

scenario(
  "a listener that takes any port says which",
  { listeners: "{ name: http, address: 127.0.0.1, port: 0 }" },
  async (scene, t) => {
    await scene.ask(request("GET /"));
    t.equal(new Map(scene.arrived[0]!.fields).get("Host"), `acme.example:${scene.edge.port}`);
  },
);
