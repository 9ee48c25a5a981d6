import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { startTelemetry } from "../../src/admin/telemetry.ts";
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import { accessRecord } from "../support/access-record.ts";

const metrics = new EdgeMetrics();
metrics.finished(accessRecord({ poolIndex: metrics.poolIndex("odoo-18") }));
let ready = true;
const source = { ready: () => ready, registry: metrics.registry };
const server = await startTelemetry({ address: "127.0.0.1", port: 0 }, source);
const base = `http://127.0.0.1:${server.port}`;
t.teardown(() => server.close());

const rows: readonly (readonly [rule: string, method: string, path: string, status: number, body: string])[] = [
  ["alive while it runs", "GET", "/live", 200, "live\n"],
  ["ready when it says so", "GET", "/ready", 200, "ready\n"],
  ["a query changes nothing", "GET", "/ready?verbose=1", 200, "ready\n"],
  ["HEAD has no body", "HEAD", "/ready", 200, ""],
  ["an unknown path", "GET", "/plan", 404, '{"error":"not_found","message":"nothing at `/plan`"}\n'],
  [
    "another method",
    "POST",
    "/live",
    405,
    '{"error":"method_not_allowed","message":"cannot POST here: only GET and HEAD"}\n',
  ],
];
for (const [rule, method, path, status, body] of rows) {
  t.test(rule, async (t) => {
    const answer = await fetch(base + path, { method });
    t.equal(answer.status, status);
    t.equal(await answer.text(), body);
    t.equal(answer.headers.get("cache-control"), "no-store");
  });
}

t.test("not ready is still alive", async (t) => {
  ready = false;
  t.equal((await fetch(`${base}/ready`)).status, 503);
  t.equal((await fetch(`${base}/live`)).status, 200);
});

t.test("a scrape", async (t) => {
  const scrape = await fetch(`${base}/metrics`);
  t.equal(scrape.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  t.match(await scrape.text(), /^hostward_requests_total\{pool="odoo-18",rule="static",code="relayed"\} 1$/m);
});

t.test("a port in use is the system's error", async (t) => {
  const { port } = server;
  await t.rejects(startTelemetry({ address: "127.0.0.1", port }, source), { code: "EADDRINUSE", port });
});

t.test("a request that is no HTTP is refused and closed", async (t) => {
  const socket = connect(server.port, "127.0.0.1");
  socket.end("nonsense\r\n\r\n");
  t.match(await text(socket), /^HTTP\/1\.1 400 /);
});

t.test("close ends idle connections and frees the port", async (t) => {
  const other = await startTelemetry({ address: "127.0.0.1", port: 0 }, source);
  const socket = connect(other.port, "127.0.0.1");
  await once(socket, "connect");
  await Promise.all([other.close(), once(socket, "close")]);
  const again = await startTelemetry({ address: "127.0.0.1", port: other.port }, source);
  t.equal(again.port, other.port);
  await again.close();
});
