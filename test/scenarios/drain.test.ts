/** Stopping in order: what runs is finished, what idles is closed, and the deadline cuts the rest. */
import type { Socket } from "node:net";
import { holdingWorker } from "../support/held-worker.ts";
import { LiveClient, request, until } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";

const worker = holdingWorker();
scenario(
  "requests in flight end with Connection: close, and nothing new comes in",
  { script: worker.script },
  async (scene, t) => {
    const [idle, racing, fresh, busy] = [
      await scene.client(),
      await scene.client(),
      await scene.client(),
      await scene.client(),
    ];
    for (const client of [idle, racing]) await client.send(request("GET /", ["Host: nobody.example"])).responses(1);
    busy.send(request("GET /busy") + request("GET /behind"));
    await until("it is in flight", () => scene.arrived.length === 1);
    const drained = scene.edge.edge.drain({ graceMs: 0, deadlineMs: 5_000 });
    await t.rejects(LiveClient.open(scene.edge.port), { code: "ECONNREFUSED" });
    t.match((await racing.send(request("GET /", ["Host: nobody.example"])).responses(2))[1], {
      status: 404,
      closes: true,
    });
    t.equal(await scene.metric("draining"), 1);
    await worker.free();
    t.match(await busy.responses(1), [{ status: 200, body: "/busy", closes: true }]);
    for (const client of [busy, racing, idle, fresh]) t.equal(await client.end(), "closed");
    t.equal(await drained, true, "nothing was cut");
    t.equal(scene.arrived.length, 1);
  },
);

scenario("during the grace it goes on as before", {}, async (scene, t) => {
  const drained = scene.edge.edge.drain({ graceMs: 150, deadlineMs: 5_000 });
  const client = await scene.client();
  t.match(await client.send(request("GET /")).responses(1), [{ status: 200, closes: false }]);
  t.equal(await client.end(), "closed");
  t.equal(await drained, true);
});

scenario(
  "what runs, waits or sends its body at the deadline is cut",
  { pool: "workers: 1", script: { onRequest: () => [] } },
  async (scene, t) => {
    const [running, waiting, sending] = [await scene.client(), await scene.client(), await scene.client()];
    running.send(request("GET /running"));
    await until("it is in flight", () => scene.arrived.length === 1);
    waiting.send(request("GET /waiting"));
    sending.send(request("POST /sending", ["Content-Length: 9"], "1"));
    await until("the other waits", async () => (await scene.metric("queue_depth")) === 1);
    t.equal(await scene.edge.edge.drain({ graceMs: 0, deadlineMs: 100 }), false);
    for (const client of [running, waiting]) t.match(await client.responses(1), [{ status: 503, closes: true }]);
    t.strictSame(await scene.codes(3), ["drained", "drained", "drained"]);
    await scene.worker.settled(1000);
  },
);

let socket: Socket | null = null;
const realtime = {
  edge: "realtime: { closeJitter: 0s }",
  script: {
    onRequest: accepting((opened) => {
      socket = opened.on("error", () => {});
      socket.resume();
    }),
  },
};

scenario("a WebSocket gets close frame 1001, but not into another frame", realtime, async (scene, t) => {
  const client = await scene.client();
  await client.send(upgrade()).has("\r\n\r\n");
  await until("the worker has the socket", () => socket !== null);
  socket!.write("\x82\x0ahalf", "latin1");
  await client.has("half");
  const drained = scene.edge.edge.drain({ graceMs: 0, deadlineMs: 5_000 });
  await until("the drain began", () => scene.edge.edge.draining);
  await new Promise((resolve) => setTimeout(resolve, 250)); // two sweeps: a close frame would be here
  t.notMatch(client.text, "\x88");
  socket!.write(" frame");
  await client.has("half frame\x88\x02\x03\xe9");
  client.send("\x88\x82\0\0\0\0\x03\xe9").finish();
  t.equal(await client.end(), "closed");
  t.equal(await drained, true);
  t.equal(await scene.metric("tunnels_closed_total", { reason: "drain" }), 1);
});

scenario("a WebSocket that does not close is ended before the deadline", realtime, async (scene, t) => {
  const client = await scene.client();
  await client.send(upgrade()).has("\r\n\r\n");
  t.equal(await scene.edge.edge.drain({ graceMs: 0, deadlineMs: 4_000 }), true);
  t.equal(await client.end(), "closed");
  t.match(await scene.line(0), { status: 101, code: "" });
});
