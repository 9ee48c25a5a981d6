/** Many sockets that are slow on purpose: each is cut after its time, others are served meanwhile, all is given back. */
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { request, until } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const EACH = 100;
const NORMAL = 200;

const large = Buffer.alloc(8 << 20, 0x61);
const script: WorkerScript = {
  onRequest: ({ target }) => answer(200, target === "/large" ? large : target, "close"),
};

const head = "Host: acme.example\r\n";
/** What each attacker sends first, and by which limit it is cut. */
const attackers: readonly (readonly [phase: string, first: string, drips: boolean])[] = [
  ["idle", `GET /once HTTP/1.1\r\n${head}\r\n`, false],
  ["head", "GET / HTTP/1.1\r\nX-Drip: ", true],
  ["body", `POST /web HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\n`, true],
  ["write", `GET /large HTTP/1.1\r\n${head}\r\n`, false],
];

scenario(
  "idle, slow to send, slow to read",
  {
    edge: "http: { headTimeout: 1s, idleTimeout: 1s, writeTimeout: 1s, responseMax: 256Ki, responseBudget: 4Mi }",
    tier: "timeouts: { body: 1s }, limits: { app: {} }, concurrency: { inFlight: 4, queue: 1000, queueTimeout: 60s }",
    pool: "workers: 8",
    script,
    more: `apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: normal }
spec: { hostname: normal.example, pool: odoo, tier: tier }
`,
  },
  async (scene, t) => {
    await scene.ask(request("GET /first", ["Host: normal.example"]));
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const [descriptorsBefore, memoryBefore] = [descriptors(), process.memoryUsage.rss()];
    const sockets: Socket[] = [];
    const dripping: Socket[] = [];
    for (const [phase, first, drips] of attackers) {
      for (let i = 0; i < EACH; i++) {
        const socket = connect(scene.edge.port, "127.0.0.1").on("error", () => {});
        socket.write(first);
        if (phase === "write") socket.pause();
        else socket.resume();
        sockets.push(socket);
        if (drips) dripping.push(socket);
      }
    }
    const drip = setInterval(() => {
      for (const socket of dripping) if (socket.writable) socket.write("x");
    }, 200);
    const wrong: number[] = [];
    for (let i = 0; i < NORMAL; i++) {
      const response = await scene.ask(request(`GET /${i}`, ["Host: normal.example"]));
      if (response.status !== 200 || response.body !== `/${i}`) wrong.push(i);
    }
    for (const [phase] of attackers.filter(([phase]) => phase !== "write")) {
      const cut = async () => (await scene.metric("client_timeouts_total", { phase })) >= EACH;
      await until(`all attackers of phase ${phase} are cut`, cut);
    }
    await until("a reader that takes nothing is cut", async () => {
      return (await scene.metric("client_timeouts_total", { phase: "write" })) > 0;
    });
    clearInterval(drip);
    t.strictSame(wrong, [], "all normal requests were served");
    for (const socket of sockets) socket.resetAndDestroy();
    await until("no connection is left", async () => (await scene.metric("connections_open")) === 0);
    await scene.worker.settled(2_000);
    await until("descriptors are given back", () => descriptors() <= descriptorsBefore + 2);
    t.ok(process.memoryUsage.rss() - memoryBefore < 300 << 20, "and memory was bounded");
    t.equal(scene.edge.lines.filter(({ tenant, code }) => tenant === "normal" && code === "").length, NORMAL + 1);
  },
);

let skippedMs = 0;
const clock = { nowMs: () => performance.now() + skippedMs, epochMs: () => Date.now() };
scenario(
  "a worker waits some seconds for a client that takes nothing, not as long as memory does",
  {
    clock,
    edge: "http: { responseMax: 256Ki, writeTimeout: 60s }",
    script: {
      onRequest: () => [
        {
          write: Buffer.concat([
            Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${64 << 20}\r\n\r\n`),
            Buffer.alloc(64 << 20),
          ]),
        },
      ],
    },
  },
  async (scene, t) => {
    const client = await scene.client();
    client.socket.pause();
    client.send(request("GET /"));
    await until("the worker waits", () => (scene.worker.connections[0]?.unsent ?? 0) > 0);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the kernel's buffers fill: nothing says when they are full
    skippedMs += 4_000;
    await new Promise((resolve) => setTimeout(resolve, 150)); // the timer of the edge itself
    t.equal(await scene.metric("requests_in_flight"), 1);
    skippedMs += 1_500;
    t.match(await scene.line(0), { code: "client_stalled" });
    t.equal(await scene.metric("requests_in_flight"), 0);
  },
);
