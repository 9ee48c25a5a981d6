/** How a WebSocket ends: both sides together, whoever began, and after long silence. */
import type { Socket } from "node:net";
import { type LiveClient, until } from "../support/live-client.ts";
import { type Scene, type SceneSetup, scenario } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";

async function open(scene: Scene): Promise<LiveClient> {
  const client = await scene.client();
  await client.send(upgrade()).has("Sec-WebSocket-Accept");
  await until("the tunnel is open", async () => (await scene.metric("tunnels_open")) > 0);
  return client;
}

let worker: Socket | null = null;
let heard = "";
const keep = (socket: Socket) => {
  worker = socket
    .on("error", () => {})
    .on("data", (bytes) => {
      heard += bytes;
    });
};
const kept: SceneSetup = { script: { onRequest: accepting(keep) } };
const endings: readonly (readonly [rule: string, end: (client: LiveClient) => void, reason: string])[] = [
  ["the client resets", (client) => client.reset(), "client"],
  ["the client sends FIN", (client) => void client.finish(), "client"],
  ["the worker resets", () => worker!.resetAndDestroy(), "fault"],
  ["the worker sends FIN", () => worker!.end(), "worker"],
];
for (const [rule, end, reason] of endings) {
  scenario(`both sides end when ${rule}`, kept, async (scene, t) => {
    worker = null;
    const client = await open(scene);
    await until("the worker has the socket", () => worker !== null);
    end(client);
    t.match(await scene.line(0), { status: 101, tunnel: true });
    await scene.worker.settled(1000);
    await until("the worker's side is gone", () => worker!.destroyed);
    await until("the client's side is gone", async () => (await scene.metric("connections_open")) === 0);
    t.equal(await scene.metric("tunnels_closed_total", { reason }), 1);
    t.equal(await scene.metric("tunnels_closed_total"), 1);
  });
}

let skippedMs = 0;
const clock = { nowMs: () => performance.now() + skippedMs, epochMs: () => Date.now() };
scenario(
  "silence for the idle limit ends it with 1001",
  { ...kept, clock, edge: "realtime: { idleTimeout: 1m }" },
  async (scene, t) => {
    const client = await open(scene);
    skippedMs += 59_000;
    client.send("a ping");
    await until("it arrives", () => heard.includes("a ping"));
    skippedMs += 59_000;
    t.equal(await scene.metric("tunnels_open"), 1, "a byte either way begins it anew");
    skippedMs += 2_000;
    await client.has("\x88\x02\x03\xe9");
    skippedMs += 3_000;
    t.equal(await client.end(), "closed");
    t.equal(await scene.metric("tunnels_closed_total", { reason: "idle" }), 1);
  },
);
