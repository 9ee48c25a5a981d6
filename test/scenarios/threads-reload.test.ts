/** Requests of several threads that wait while pools and tenants come, go and come back. */
import { SchedulerTenants } from "../../src/router/threads/scheduler-tenants.ts";
import { holdingWorker } from "../support/held-worker.ts";
import { request, until } from "../support/live-client.ts";
import { poolDocument, sceneCatalog, tenantDocument } from "../support/scene.ts";
import { type ThreadScene, threadScenario } from "../support/thread-scene.ts";

const waiting = (scene: ThreadScene, requests: number) =>
  until(`${requests} wait`, async () => (await scene.metric("queue_depth")) === requests);

const back = holdingWorker();
const oneWorker = { pool: "workers: 1" };
threadScenario(
  "a pool that comes back while requests wait in the one it was has a queue of its own",
  { ...oneWorker, script: back.script },
  async (scene, t) => {
    const [runs, waits] = [await scene.clientOf(1), await scene.clientOf(2)];
    runs.send(request("GET /runs"));
    await until("it runs", () => scene.arrived.length === 1);
    waits.send(request("GET /waits"));
    await waiting(scene, 1);
    const without = { ...oneWorker, poolName: "other", tenant: "pool: other" };
    await scene.edge.reload(sceneCatalog(without, scene.worker.port));
    await scene.edge.reload(sceneCatalog(oneWorker, scene.worker.port));
    const [next, last] = [await scene.clientOf(1), await scene.clientOf(2)];
    next.send(request("GET /next"));
    await until("the new pool's slot is taken", () => scene.arrived.length === 2);
    t.equal(scene.arrived[1]!.target, "/next");
    last.send(request("GET /last"));
    await waiting(scene, 1);
    for (let i = 0; i < 4; i++) await back.free();
    for (const client of [runs, waits, next, last]) t.match(await client.responses(1), [{ status: 200 }]);
  },
);

const moved = holdingWorker();
threadScenario(
  "a tenant that moves away and back waits by its new limits",
  { ...oneWorker, tier: "concurrency: { queue: 1 }", script: moved.script },
  async (scene, t) => {
    const clients = await scene.clients(2);
    for (const client of clients.slice(0, 2)) client.send(request("GET /first"));
    await waiting(scene, 1);
    for (let i = 0; i < 2; i++) await moved.free();
    for (const client of clients.slice(0, 2)) t.match(await client.responses(1), [{ status: 200 }]);
    const more = poolDocument("second", scene.worker.port);
    const second = { ...oneWorker, more, tenant: "pool: second" };
    await scene.edge.reload(sceneCatalog(second, scene.worker.port));
    const tier = "concurrency: { queue: 3 }";
    await scene.edge.reload(sceneCatalog({ ...oneWorker, more, tier }, scene.worker.port));
    const fresh = await scene.clients(2);
    for (const client of fresh) client.send(request("GET /again"));
    await waiting(scene, 3);
    for (let i = 0; i < 4; i++) await moved.free();
    for (const client of fresh) t.match(await client.responses(1), [{ status: 200 }]);
  },
);

threadScenario("a plan whose handing over broke off leaves nothing behind for the next one", {}, async (scene, t) => {
  const names = Array.from({ length: 150 }, (_, i) => `t${i}`);
  const last = names.toSorted().at(-1)!; // it is handed over in the second slice
  const catalog = sceneCatalog({ more: names.map((name) => tenantDocument(name)).join("---\n") }, scene.worker.port);
  const { placeOf } = SchedulerTenants.prototype;
  const broken = t.intercept(SchedulerTenants.prototype, "placeOf", {
    value(this: SchedulerTenants, ...of: Parameters<typeof placeOf>) {
      if (of[1].name === last) throw new Error("no more memory");
      return placeOf.apply(this, of);
    },
  });
  await t.rejects(scene.edge.reload(catalog), { message: "no more memory" });
  broken.restore();
  await scene.edge.reload(catalog);
  for (const client of await scene.clients(1)) {
    const host = [`Host: ${last}.example`];
    t.match(await client.send(request("GET /", host)).responses(1), [{ status: 200 }]);
  }
});
