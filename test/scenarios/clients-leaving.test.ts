/** A client that goes away gives everything back at once, wherever its request stands. */
import t from "tap";
import { startDeafPort } from "../support/deaf-port.ts";
import { request, requestWithBody, until } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const deaf = await startDeafPort();
t.teardown(() => deaf.close());

/** Answers what is on `/quick` only. */
const slow: WorkerScript = { onRequest: ({ target }) => (target === "/quick" ? answer(200, "", "close") : []) };
const one = { pool: "workers: 1", script: slow };

scenario("reset while a worker works: the next one has the slot", one, async (scene, t) => {
  const client = await scene.client();
  client.send(request("GET /slow"));
  await until("the worker is asked", () => scene.arrived.length === 1);
  const next = scene.ask(request("GET /quick"));
  await until("the next one waits", async () => (await scene.metric("queue_depth")) === 1);
  client.reset();
  t.equal((await next).status, 200);
  t.match(await scene.line(0), { code: "client_gone", flag: "DC", status: 0 });
  await scene.worker.settled(1000);
  t.equal(scene.arrived.length, 2);
});

scenario("reset while queued: nothing reaches the worker", one, async (scene, t) => {
  const holder = await scene.client();
  holder.send(request("GET /slow"));
  await until("the worker is asked", () => scene.arrived.length === 1);
  const queued = await scene.client();
  queued.send(request("GET /queued"));
  await until("it waits", async () => (await scene.metric("queue_depth")) === 1);
  queued.reset();
  t.match(await scene.line(0), { code: "client_gone", path: "/queued", endpoint: "" });
  t.equal(await scene.metric("queue_depth"), 0);
  holder.reset();
  t.match(await scene.line(1), { code: "client_gone", path: "/slow" });
  t.strictSame(
    scene.arrived.map(({ target }) => target),
    ["/slow"],
  );
});

scenario("reset while connecting", { endpoints: () => [[deaf.port, deaf.port]] }, async (scene, t) => {
  const client = await scene.client();
  client.send(request("GET /"));
  await until("a slot is held", async () => (await scene.metric("requests_in_flight")) === 1);
  client.reset();
  t.match(await scene.line(0), { code: "client_gone" });
  t.equal(await scene.metric("requests_in_flight"), 0);
});

const half: WorkerScript = { onRequest: () => [{ write: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" }] };
scenario("reset in the middle of the response", { ...one, script: half }, async (scene, t) => {
  const client = await scene.client();
  await client.send(request("GET /")).has("half");
  client.reset();
  t.match(await scene.line(0), { code: "client_gone", status: 200, bytes_out: 4 });
  t.equal(await scene.metric("requests_in_flight"), 0);
});

scenario("reset, or FIN, in the middle of the body", one, async (scene, t) => {
  for (const leave of ["reset", "finish"] as const) {
    const client = await scene.client();
    client.send(requestWithBody("POST /", "x".repeat(100_000)).slice(0, -1));
    await until("the body is kept", async () => (await scene.metric("body_memory_bytes")) > 0);
    client[leave]();
    await until("it is free", async () => (await scene.metric("body_memory_bytes")) === 0);
  }
  t.strictSame(await scene.codes(2), ["client_gone", "client_gone"]);
});

scenario(
  "FIN behind a request is no goodbye",
  { script: { onRequest: () => [{ waitMs: 30 }, ...answer(200, "late", "close")] } },
  async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(request("GET /")).finish().responses(1);
    t.match(response, { status: 200, body: "late" });
    t.equal(await client.end(), "closed");
  },
);
