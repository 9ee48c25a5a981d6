/** Tenants that wait for one pool: how long a crowd holds up another, caps of one rule, and reports that call back. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import t from "tap";
import { startTestEdge } from "../support/edge.ts";
import { holdingWorker } from "../support/held-worker.ts";
import { LiveClient, request, requestWithBody, until } from "../support/live-client.ts";
import { scenario, sceneCatalog, tenantDocument } from "../support/scene.ts";

const CROWD = 1_000;

const crowded = holdingWorker();
scenario(
  "a thousand waiting requests of a heavy tenant delay another by one service",
  {
    script: crowded.script,
    pool: "workers: 2",
    tier: "concurrency: { queue: 2000, queueTimeout: 60s, weight: 100 }, limits: { app: {} }",
    more: `${tenantDocument("other", "pool: odoo, tier: plain")}---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: plain }
spec: {}
`,
  },
  async (scene, t) => {
    const crowd = await Promise.all(Array.from({ length: CROWD }, () => scene.client()));
    for (const client of crowd) client.send(request("GET /crowd"));
    const waiting = (count: number) =>
      until(`${count} wait`, async () => (await scene.metric("queue_depth")) === count);
    await waiting(CROWD - 2);
    await crowded.free();
    await until("a third one arrived", () => scene.arrived.length === 3);
    const quiet = scene.ask(request("GET /quiet", ["Host: other.example"]));
    await waiting(CROWD - 2);
    await crowded.free();
    await until("a fourth one arrived", () => scene.arrived.length === 4);
    t.equal(scene.arrived[3]!.target, "/quiet", "the first worker that is free is theirs, in the middle of a turn");
    for (let i = 0; i < 2; i++) await crowded.free();
    t.equal((await quiet).body, "/quiet");
    for (const client of crowd) client.reset();
  },
);

const rpcHeld = holdingWorker();
scenario(
  "calls at the cap of their rule wait, and leave workers to people",
  { script: rpcHeld.script, tier: "concurrency: { inFlight: 4, rules: { rpc: 1 } }" },
  async (scene, t) => {
    const call = '{"jsonrpc":"2.0","method":"call","params":{"service":"common","method":"version","args":[]}}';
    const asked = Array.from({ length: 4 }, () =>
      scene.ask(requestWithBody("POST /jsonrpc", call, ["Content-Type: application/json"])),
    );
    await until("all but one wait", async () => (await scene.metric("queue_depth")) === 3);
    const people = ["/a", "/b", "/c"].map((path) => scene.ask(request(`GET ${path}`)));
    await until("people are served", () => scene.arrived.length === 4);
    t.equal(await scene.metric("queue_depth"), 3);
    for (let i = 0; i < 7; i++) await rpcHeld.free();
    t.strictSame(
      (await Promise.all([...asked, ...people])).map(({ status }) => status),
      Array(7).fill(200),
    );
  },
);

/**
 * A prefork Odoo of two processes: each serves one connection at a time, others wait in the backlog. `/report` asks the
 * edge for the page's stylesheet while its own process is held, as wkhtmltopdf does, from an address of the workers.
 */
async function startReportingWorker(edgePort: () => number) {
  let free = 2;
  const backlog: Socket[] = [];
  const serveNext = () => {
    if (free === 0 || backlog.length === 0) return;
    free--;
    const socket = backlog.shift()!;
    socket.on("close", () => {
      free++;
      serveNext();
    });
    let text = "";
    socket.on("data", async (bytes) => {
      text += bytes.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      const body = text.startsWith("GET /report") ? await fetchStyle(edgePort()) : "style";
      socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    socket.resume();
  };
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    backlog.push(socket);
    serveNext();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const WORKERS_ADDRESS = "127.0.0.2";

async function fetchStyle(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: WORKERS_ADDRESS });
  socket.end(request("GET /web/assets/1/style.css", ["Connection: close"]));
  let text = "";
  for await (const bytes of socket) text += bytes;
  return /^HTTP\/1.1 (\d+)/.exec(text)?.[1] === "200" ? `report with ${text.split("\r\n\r\n")[1]}` : "report without";
}

const reports = [
  ["deadlocks until the queue's deadline when its calls wait like others", "", "report without"],
  ["is complete when its calls are those of internal clients", `${WORKERS_ADDRESS}/32`, "report with style"],
] as const;
for (const [rule, internalClients, want] of reports) {
  t.test(`a report that calls back through the edge ${rule}`, async (t) => {
    let port = 0;
    const server = await startReportingWorker(() => port);
    const edge = await startTestEdge({
      catalog: sceneCatalog(
        {
          edge: `internalClients: [ ${internalClients} ], upstream: { checkInterval: 1h }`,
          pool: "workers: 1", // one process is kept free of what waits for others
          tier: "concurrency: { queueTimeout: 300ms }",
        },
        (server.address() as AddressInfo).port,
      ),
    });
    port = edge.port;
    const client = await LiveClient.open(port);
    const [response] = await client.send(request("GET /report")).responses(1);
    t.equal(response!.body, want);
    await until("a line", () => edge.lines.length > 0);
    t.equal(edge.lines[0]!.code, want === "report without" ? "queue_timeout" : "");
    t.strictSame(edge.faults, []);
    client.socket.destroy();
    await edge.close();
    server.close();
  });
}
