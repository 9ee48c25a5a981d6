/** A new plan takes over between two requests: what runs ends as it began, and nothing fails. */
import t from "tap";
import { holdingWorker } from "../support/held-worker.ts";
import { request, until } from "../support/live-client.ts";
import { answer, startRecordingWorker } from "../support/recording-worker.ts";
import {
  poolDocument,
  type Scene,
  type SceneCatalog,
  scenario,
  sceneCatalog,
  tenantDocument,
} from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";

const other = await startRecordingWorker({ onRequest: () => answer(200, "the other pool", "close") });
t.teardown(() => other.close());
const reload = (scene: Scene, catalog: SceneCatalog) => scene.edge.reload(sceneCatalog(catalog, scene.worker.port));

const moved = { tenant: "pool: second", more: poolDocument("second", other.port) };
const gone = holdingWorker();
scenario(
  "a tenant that moves: what is in flight or waits ends in its old pool",
  { pool: "workers: 1", script: gone.script },
  async (scene, t) => {
    const before = scene.ask(request("GET /in-flight"));
    await until("it is in flight", () => scene.arrived.length === 1);
    const queued = scene.ask(request("GET /queued"));
    await until("the other waits", async () => (await scene.metric("queue_depth")) === 1);
    await reload(scene, moved);
    t.equal((await scene.ask(request("GET /"))).body, "the other pool");
    await gone.free();
    await gone.free();
    t.strictSame([(await before).body, (await queued).body], ["/in-flight", "/queued"]);
    await reload(scene, { pool: "workers: 1" });
    const back = scene.ask(request("GET /back"));
    await gone.free();
    t.equal((await back).body, "/back");
    t.strictSame(await scene.codes(4), ["", "", "", ""]);
  },
);

scenario(
  "a pool that the catalog drops serves those that it has",
  { pool: "workers: 1", script: gone.script },
  async (scene, t) => {
    const asked = ["/1", "/2", "/3"].map((path) => scene.ask(request(`GET ${path}`)));
    await until("two wait", async () => (await scene.metric("queue_depth")) === 2);
    await reload(scene, { poolName: "second", endpoints: () => [[other.port, other.port]], tenant: "pool: second" });
    t.strictSame(
      scene.edge.edge.endpoints().map(({ pool }) => pool),
      ["second"],
    );
    for (const _ of asked) await gone.free();
    t.strictSame(
      (await Promise.all(asked)).map(({ status }) => status),
      [200, 200, 200],
    );
  },
);

const removed = holdingWorker();
scenario(
  "a tenant that is removed: 404 from then on",
  { script: removed.script, more: tenantDocument("late") },
  async (scene, t) => {
    const host = ["Host: late.example"];
    const before = scene.ask(request("GET /before", host));
    await until("it is in flight", () => scene.arrived.length === 1);
    await reload(scene, {});
    t.equal((await scene.ask(request("GET /", host))).status, 404);
    await removed.free();
    t.equal((await before).body, "/before");
  },
);

scenario("a suspended tenant is refused on connections that are open", {}, async (scene, t) => {
  const client = await scene.client();
  await client.send(request("GET /")).responses(1);
  await reload(scene, { tenant: "pool: odoo, state: Suspended" });
  t.equal((await client.send(request("GET /")).responses(2))[1]!.status, 503);
  t.match(await scene.line(1), { code: "suspended" });
});

const sockets = {
  script: { onRequest: accepting((socket) => socket.resume()) },
  edge: "realtime: { closeJitter: 0s }",
};
scenario(
  "WebSockets of a tenant that changed are closed with 1001, others stay",
  { ...sockets, more: tenantDocument("other") },
  async (scene, t) => {
    const open = async (host: string) => {
      const client = await scene.client();
      await client.send(upgrade().replace("acme.example", host)).has("Accept");
      return client;
    };
    const [changed, unchanged] = [await open("acme.example"), await open("other.example")];
    await reload(scene, {
      edge: sockets.edge,
      tenant: "pool: odoo, state: Maintenance",
      more: tenantDocument("other"),
    });
    await changed.has("\x88\x02\x03\xe9");
    t.equal(await changed.finish().end(), "closed");
    t.equal(await scene.metric("tunnels_closed_total", { reason: "plan" }), 1);
    t.equal(await scene.metric("tunnels_open"), 1);
    t.notMatch(unchanged.text, "\x88\x02");
  },
);

scenario("20 reloads during keep-alive requests: none fails", {}, async (scene, t) => {
  const client = await scene.client();
  for (let i = 0; i < 20; i++) {
    client.send(request(`GET /${i}`).repeat(5));
    await reload(scene, { tier: `concurrency: { inFlight: ${i + 1} }` });
  }
  t.ok((await client.responses(100)).every(({ status }, i) => status === 200 && i >= 0));
});
