import { type LiveClient, until } from "../support/live-client.ts";
import { type Scene, scenario } from "../support/scene.ts";
import { accepting, randomFrame, upgrade } from "../support/socket-client.ts";

const opened = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const echo = accepting((socket) => socket.pipe(socket));

async function open(scene: Scene, first = ""): Promise<LiveClient> {
  const client = await scene.client();
  await client.send(upgrade() + first).has(opened);
  await until("the tunnel is open", async () => (await scene.metric("tunnels_open")) > 0);
  return client;
}

const behindHead = (client: LiveClient) => client.received.subarray(client.received.indexOf("\r\n\r\n") + 4);

scenario("big frames are echoed whole", { script: { onRequest: echo } }, async (scene, t) => {
  const client = await open(scene);
  t.match(client.text, /^HTTP\/1\.1 101 .*\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n$/s);
  const frames = [randomFrame(1, "client"), randomFrame(70_000, "client"), randomFrame(8_000_000, "client")];
  const all = Buffer.concat(frames);
  const headBytes = client.bytes;
  for (const frame of frames) client.send(frame);
  await until("all came back", () => client.bytes === headBytes + all.length);
  t.ok(behindHead(client).equals(all), "byte for byte");
  client.finish();
  t.equal(await client.end(), "closed");
  t.match(await scene.line(0), {
    status: 101,
    code: "",
    rule: "realtime",
    tunnel: true,
    bytes_in: all.length,
    bytes_out: all.length,
  });
  t.equal(await scene.metric("tunnels_closed_total", { reason: "client" }), 1);
  t.equal(await scene.metric("requests_in_flight"), 0, "a tunnel holds no worker's slot");
});

scenario("frames sent right behind the upgrade arrive", { script: { onRequest: echo } }, async (scene, t) => {
  const client = await open(scene, "early bird");
  await client.has("early bird");
  t.equal(behindHead(client).toString(), "early bird");
});

const flood = accepting((socket) => {
  const send = () => {
    while (socket.write(Buffer.alloc(65_536)));
  };
  socket.on("drain", send);
  send();
});
scenario(
  "a client that reads nothing holds the worker back, then is cut",
  { edge: "http: { writeTimeout: 400ms }", script: { onRequest: flood } },
  async (scene, t) => {
    const client = await scene.client();
    client.socket.pause();
    client.send(upgrade());
    t.match(await scene.line(0), { status: 101, code: "client_stalled", tunnel: true });
    t.ok(Number(scene.edge.lines[0]!.bytes_out) < 30_000_000);
    await scene.worker.settled(1000);
  },
);

const deaf = accepting((socket) => socket.pause());
const brief = { edge: "http: { writeTimeout: 500ms }" };
scenario(
  "a worker that reads nothing holds the client back, then both are let go",
  { ...brief, script: { onRequest: deaf } },
  async (scene, t) => {
    const client = await open(scene);
    client.send(Buffer.alloc(60_000_000));
    t.match(await scene.line(0), { status: 101, code: "" });
    t.ok(Number(scene.edge.lines[0]!.bytes_in) < 30_000_000);
    t.equal(await scene.metric("tunnels_closed_total", { reason: "worker" }), 1);
  },
);
