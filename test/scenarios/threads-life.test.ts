/** Threads over time: plans for all or none, stops in order, and a thread that dies while the others serve. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import t from "tap";
import { holdingWorker } from "../support/held-worker.ts";
import { LiveClient, request, until } from "../support/live-client.ts";
import { poolDocument, sceneCatalog, tenantDocument } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";
import { type ThreadScene, threadScenario } from "../support/thread-scene.ts";
import { program, startThreads } from "../support/threads.ts";

/** Asks one request after the other until `enough`; the statuses, and an empty one for each connection that was cut. */
async function askUntil(client: LiveClient, enough: () => boolean): Promise<number[]> {
  let asked = 0;
  while (!enough()) await client.send(request("GET /")).responses(++asked);
  return (await client.responses(asked)).map(({ status }) => status);
}

const unlimited = { tier: "limits: { app: {} }" };
threadScenario("reloads under load fail nothing, and are seen by both threads", unlimited, async (scene, t) => {
  const clients = await scene.clients(4);
  let done = false;
  const asking = Promise.all(clients.map((client) => askUntil(client, () => done)));
  for (let i = 0; i < 10; i++) {
    const more = tenantDocument(`t${i}`, i % 2 === 0 ? "pool: odoo, tier: tier" : "pool: second, tier: tier");
    const second = poolDocument("second", scene.worker.port);
    await scene.edge.reload(sceneCatalog({ ...unlimited, more: `${second}---\n${more}` }, scene.worker.port));
    for (const part of [1, 2] as const) {
      const client = await scene.clientOf(part);
      t.match(await client.send(request("GET /", [`Host: t${i}.example`])).responses(1), [{ status: 200 }]);
    }
  }
  done = true;
  const statuses = (await asking).flat();
  t.ok(statuses.length > 0);
  t.strictSame(new Set(statuses), new Set([200]));
});

threadScenario("a plan that cannot be opened changes no thread", {}, async (scene, t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const listeners = `{ name: http, address: 127.0.0.1, port: 0, externalPort: 80 }, { name: more, address: 127.0.0.1, port: ${port} }`;
  const { hash } = scene.edge.edge.plan.plan;
  const next = sceneCatalog({ listeners, more: tenantDocument("fresh") }, scene.worker.port);
  await t.rejects(scene.edge.reload(next), { code: "EADDRINUSE", port });
  t.equal(scene.edge.edge.plan.plan.hash, hash);
  for (const client of await scene.clients(1)) {
    t.match(await client.send(request("GET /", ["Host: fresh.example"])).responses(1), [{ status: 404 }]);
  }
  taken.close();
  await once(taken, "close");
  await scene.edge.reload(next);
  t.equal(scene.edge.edge.addresses[1]!.port, port, "when it can, it is taken");
  for (const client of await scene.clients(1)) {
    t.match(await client.send(request("GET /", ["Host: fresh.example"])).responses(1), [{ status: 200 }]);
  }
});

threadScenario("two edges do not share a port in silence", {}, async (scene, t) => {
  const listeners = `{ name: http, address: 127.0.0.1, port: ${scene.edge.port} }`;
  const catalog = sceneCatalog({ listeners }, scene.worker.port);
  await t.rejects(startThreads({ catalog }, 2), { code: "EADDRINUSE" });
});

const drained = holdingWorker();
threadScenario("a drain waits for what both threads serve", { script: drained.script }, async (scene, t) => {
  const busy = await scene.clients(1);
  for (const client of busy) client.send(request("GET /busy"));
  await until("both are in flight", () => scene.arrived.length === 2);
  const drain = scene.edge.edge.drain({ graceMs: 0, deadlineMs: 5_000 });
  await until("no new connection is taken", () => refused(scene.edge.port));
  for (let i = 0; i < 2; i++) await drained.free();
  for (const client of busy) t.match(await client.responses(1), [{ status: 200, closes: true }]);
  t.equal(await drain, true, "nothing was cut");
  await until("both lines", () => scene.edge.lines.length === 2);
});

async function refused(port: number): Promise<boolean> {
  try {
    const client = await LiveClient.open(port);
    client.reset();
    return false;
  } catch {
    return true;
  }
}

const stuck = { pool: "workers: 2", script: { onRequest: () => [] } };
threadScenario("what a drain must cut in one thread is told for all", stuck, async (scene, t) => {
  const client = await scene.clientOf(2);
  client.send(request("GET /stuck"));
  await until("it is in flight", () => scene.arrived.length === 1);
  t.equal(await scene.edge.edge.drain({ graceMs: 0, deadlineMs: 100 }), false);
  t.match(await client.responses(1), [{ status: 503 }]);
});

/** Ends the thread as a fault of Node's own would: at whatever it does, without a word. */
async function kill(scene: ThreadScene, part: number): Promise<void> {
  await scene.edge.workers.get(part)!.terminate();
}

const held = holdingWorker();
threadScenario(
  "a thread that dies gives its slots back, others are served meanwhile, and another takes its place",
  { pool: "workers: 2", script: held.script },
  async (scene, t) => {
    const dying = [await scene.clientOf(1), await scene.clientOf(1), await scene.clientOf(1)];
    for (const client of dying) client.send(request("GET /dying"));
    await until("two hold the slots", () => scene.arrived.length === 2);
    const waits = await scene.clientOf(2);
    waits.send(request("GET /waits"));
    await until("two wait", async () => (await scene.metric("queue_depth")) === 2);
    await kill(scene, 1);
    await until("the one of the other thread has a slot", () => scene.arrived.length === 3);
    t.equal(scene.arrived[2]!.target, "/waits");
    for (const client of dying) t.ok(await client.end(), "its clients see the end");
    t.equal(await scene.metric("queue_depth"), 0);
    t.equal(await scene.metric("requests_in_flight"), 1);
    await until("it is replaced", () => scene.edge.told.includes("replaced 1"));
    t.strictSame(scene.edge.told, ["died 1", "replaced 1"]);
    t.equal(await scene.metric("thread_deaths_total"), 1);
    t.equal(await scene.metric("threads"), 2);
    for (let i = 0; i < 3; i++) await held.free();
    t.match(await waits.responses(1), [{ status: 200 }]);
    const fresh = await scene.clientOf(1);
    fresh.send(request("GET /fresh"));
    await held.free();
    t.match(await fresh.responses(1), [{ status: 200, body: "/fresh" }]);
  },
);

threadScenario("an edge whose threads have all died is not ready until one serves again", {}, async (scene, t) => {
  const { edge } = scene.edge;
  t.equal(edge.serving, true);
  await kill(scene, 1);
  await until("one has died", () => scene.edge.told.includes("died 1"));
  t.equal(edge.serving, true, "the other serves");
  await until("it is replaced", () => scene.edge.told.includes("replaced 1"));
  await Promise.all([kill(scene, 1), kill(scene, 2)]);
  await until("none serves", () => !edge.serving);
  await until("both are replaced", () => scene.edge.told.length === 6);
  t.equal(edge.serving, true);
});

let opened: Socket[] = [];
const sockets = {
  tier: "sockets: { perClient: 2 }",
  script: {
    onRequest: accepting((socket) => {
      opened.push(socket.resume().on("error", () => {}));
    }),
  },
};
threadScenario("a thread that dies gives its sockets and connections back", sockets, async (scene, t) => {
  opened = [];
  for (let i = 0; i < 2; i++) await (await scene.clientOf(1)).send(upgrade()).has("101 ");
  t.equal(scene.edge.edge.socketsOf("acme"), 2);
  await kill(scene, 1);
  await until("none is held", () => scene.edge.edge.socketsOf("acme") === 0);
  await until("the worker's sides ended", () => opened.every((socket) => socket.destroyed));
  await until("it is replaced", () => scene.edge.told.includes("replaced 1"));
  await (await scene.clientOf(1)).send(upgrade()).has("101 ");
  t.equal(await scene.metric("tunnels_open"), 1);
});

threadScenario("a catalog that came while a thread was dead is the new one's", {}, async (scene, t) => {
  await kill(scene, 2);
  await scene.edge.reload(sceneCatalog({ more: tenantDocument("fresh") }, scene.worker.port));
  await until("it is replaced", () => scene.edge.told.includes("replaced 2"));
  for (const client of await scene.clients(1)) {
    t.match(await client.send(request("GET /", ["Host: fresh.example"])).responses(1), [{ status: 200 }]);
  }
});

/** A program that ends before it serves. */
const broken = new URL("data:text/javascript,throw new Error('it cannot begin')");

t.test("an edge whose threads cannot begin does not start, and says why", async (t) => {
  await t.rejects(startThreads({ catalog: sceneCatalog({}, 9) }, 2, { next: broken }), { message: /it cannot begin/ });
});

t.test("when no thread serves and none can be started the edge is lost", async (t) => {
  const programs = { next: program };
  const edge = await startThreads({ catalog: sceneCatalog({}, 9) }, 2, programs);
  t.teardown(() => edge.close());
  programs.next = broken;
  for (const worker of edge.workers.values()) await worker.terminate();
  t.match(await edge.edge.lost, /it cannot begin/);
  t.strictSame(edge.told.slice(0, 2).toSorted(), ["died 1", "died 2"]);
  t.ok(edge.told.some((told) => told.startsWith("failed")));
});
