/** What two threads count is counted once: rates, slots, queues, ejections, logins, sockets, budgets and metrics. */
import type { Socket } from "node:net";
import { holdingWorker } from "../support/held-worker.ts";
import { type LiveClient, request, requestWithBody, until } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { tenantDocument } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";
import { type ThreadScene, threadScenario } from "../support/thread-scene.ts";

/** Sends one request on each connection and waits for all answers; their statuses in order. */
async function statusesOf(clients: readonly LiveClient[], bytes: string, method = "GET"): Promise<number[]> {
  for (const client of clients) client.send(bytes);
  return Promise.all(clients.map(async (client) => (await client.responses(1, [method]))[0]!.status));
}

const unlimited = "limits: { app: {} }";
const count = (statuses: readonly number[], status: number) => statuses.filter((one) => one === status).length;
const waiting = (scene: ThreadScene, requests: number) =>
  until(`${requests} wait`, async () => (await scene.metric("queue_depth")) === requests);

threadScenario(
  "a rate is granted exactly as often as it says, whichever threads are asked",
  { tier: "limits: { app: { perTenant: { requests: 7, unit: Hour, burst: 7 } } }" },
  async (scene, t) => {
    const statuses = await statusesOf(await scene.clients(8), request("GET /"));
    t.equal(count(statuses, 200), 7);
    t.equal(count(statuses, 429), 9);
    t.equal(await scene.metric("rate_refusals_total", { scope: "tenant" }), 9);
    t.equal(scene.arrived.length, 7);
  },
);

/** Says how many requests it had at once at most; each takes it a moment. */
class BusyWorker {
  most = 0;
  #now = 0;
  readonly script: WorkerScript = { onRequest: () => [{ take: (socket) => this.#serve(socket) }] };

  #serve(socket: Socket): void {
    this.most = Math.max(this.most, ++this.#now);
    setTimeout(() => {
      this.#now--;
      socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    }, 2);
  }
}

const busy = new BusyWorker();
const ROUNDS = 30;
threadScenario(
  "a worker never has more at once than it has processes",
  { pool: "workers: 2", tier: unlimited, script: busy.script },
  async (scene, t) => {
    const clients = await scene.clients(5);
    const serve = async (client: LiveClient) => {
      for (let round = 1; round <= ROUNDS; round++) await client.send(request("GET /")).responses(round);
      return (await client.responses(ROUNDS)).map(({ status }) => status);
    };
    const statuses = (await Promise.all(clients.map(serve))).flat();
    t.equal(count(statuses, 200), clients.length * ROUNDS);
    t.equal(busy.most, 2);
  },
);

const full = holdingWorker();
threadScenario(
  "a full queue refuses in both threads, and a client that leaves makes room",
  { pool: "workers: 1", tier: "concurrency: { queue: 2 }", script: full.script },
  async (scene, t) => {
    const [running, second, third, over, next] = [
      await scene.clientOf(1),
      await scene.clientOf(2),
      await scene.clientOf(1),
      await scene.clientOf(2),
      await scene.clientOf(1),
    ];
    running.send(request("GET /running"));
    await until("it runs", () => scene.arrived.length === 1);
    for (const client of [second, third]) client.send(request("GET /waits"));
    await waiting(scene, 2);
    t.match((await over.send(request("GET /over")).responses(1))[0], { status: 503 });
    second.reset();
    await waiting(scene, 1);
    next.send(request("GET /next"));
    await waiting(scene, 2);
    for (let i = 0; i < 3; i++) await full.free();
    for (const client of [running, third, next]) t.match(await client.responses(1), [{ status: 200 }]);
    t.equal(await scene.metric("requests_total", { code: "queue_full" }), 1);
  },
);

const fair = holdingWorker();
threadScenario(
  "a tenant that is alone in one thread does not wait behind the crowd of the other",
  { pool: "workers: 1", script: fair.script, more: tenantDocument("other") },
  async (scene, t) => {
    const crowd = [];
    for (let i = 0; i < 20; i++) crowd.push(await scene.clientOf(1));
    for (const client of crowd) client.send(request("GET /crowd"));
    await waiting(scene, 19);
    const quiet = await scene.clientOf(2);
    quiet.send(request("GET /quiet", ["Host: other.example"]));
    await waiting(scene, 20);
    await fair.free();
    await until("a second one arrived", () => scene.arrived.length === 2);
    t.equal(scene.arrived[1]!.target, "/quiet");
    for (let i = 0; i < 20; i++) await fair.free();
    t.match(await quiet.responses(1), [{ status: 200 }]);
    for (const client of crowd) t.match(await client.responses(1), [{ status: 200 }]);
  },
);

const capped = holdingWorker();
threadScenario(
  "a tenant at its own limit leaves the free workers to others, who need not ask",
  { pool: "workers: 4", tier: "concurrency: { inFlight: 1 }", script: capped.script, more: tenantDocument("other") },
  async (scene, t) => {
    const [first, second, other] = [await scene.clientOf(1), await scene.clientOf(2), await scene.clientOf(2)];
    first.send(request("GET /first"));
    await until("it runs", () => scene.arrived.length === 1);
    second.send(request("GET /second"));
    await waiting(scene, 1);
    other.send(request("GET /other", ["Host: other.example"]));
    await until("the other runs", () => scene.arrived.length === 2);
    t.equal(scene.arrived[1]!.target, "/other");
    for (let i = 0; i < 3; i++) await capped.free();
    for (const client of [first, second, other]) t.match(await client.responses(1), [{ status: 200 }]);
  },
);

const unhealthy = (scene: ThreadScene) => scene.metric("requests_total", { code: "no_healthy_upstream" });
threadScenario(
  "an endpoint that one thread finds dead is ejected for the other",
  {
    edge: "upstream: { ejectAfter: 3, ejectBase: 1h, ejectMax: 1h, checkInterval: 1h }",
    // Port 1 is nobody's.
    endpoints: () => [[1, 1]],
  },
  async (scene, t) => {
    for (let i = 0; i < 3; i++) {
      const client = await scene.clientOf(1);
      t.match(await client.send(request("GET /")).responses(1), [{ status: 503 }]);
    }
    await until("it is ejected", () => scene.edge.edge.endpoints().every(({ state }) => state === "ejected"));
    const [before, refused] = [await scene.metric("connects_total"), await unhealthy(scene)];
    const client = await scene.clientOf(2);
    t.match(await client.send(request("GET /")).responses(1), [{ status: 503 }]);
    t.equal(await scene.metric("connects_total"), before, "the other thread did not try");
    await until("it is counted", async () => (await unhealthy(scene)) === refused + 1);
  },
);

threadScenario(
  "failed logins of both threads count together",
  {
    tier: "limits: { login: {} }, failedLogins: { delayAfter: 100, blockAfter: 4 }",
    script: { onRequest: () => answer(200, "Wrong login/password", "close") },
  },
  async (scene, t) => {
    const form = requestWithBody("POST /web/login", "login=admin&password=wrong", [
      "Content-Type: application/x-www-form-urlencoded",
    ]);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) {
      const client = await scene.clientOf(i % 2 === 0 ? 1 : 2);
      statuses.push((await client.send(form).responses(1, ["POST"]))[0]!.status);
    }
    t.strictSame(statuses, [200, 200, 200, 200, 429, 429]);
    t.equal(await scene.metric("login_attempts_total", { outcome: "failed" }), 4);
    t.equal(await scene.metric("login_blocks_total"), 1);
    t.ok((await scene.metric("login_entries")) > 0);
  },
);

threadScenario(
  "sockets of both threads count together",
  {
    tier: "sockets: { perClient: 3 }",
    script: { onRequest: accepting((socket) => socket.resume().on("error", () => {})) },
  },
  async (scene, t) => {
    const clients = await scene.clients(2);
    const opened: number[] = [];
    for (const client of clients) {
      client.send(upgrade());
      await client.has("\r\n\r\n");
      opened.push(Number(client.text.slice(9, 12)));
    }
    t.strictSame(opened, [101, 101, 101, 503]);
    t.equal(scene.edge.edge.socketsOf("acme"), 3);
    t.equal(await scene.metric("tunnels_open"), 3);
    clients[0]!.socket.destroy();
    await until("one is free", () => scene.edge.edge.socketsOf("acme") === 2);
    const next = await scene.clientOf(2);
    await next.send(upgrade()).has("101 ");
  },
);

threadScenario(
  "bodies of both threads share one budget",
  { edge: "bodies: { memoryMax: 1Mi, memoryBudget: 4Mi, diskBudget: 0 }" },
  async (scene, t) => {
    const clients = await scene.clients(4);
    const begun = `${"x".repeat(900_000)}`;
    for (const client of clients) client.send(request("POST /", ["Content-Length: 1000000"], begun));
    await until(
      "what has no room is refused",
      async () => (await scene.metric("requests_total", { code: "body_storage" })) === 4,
    );
    t.ok((await scene.metric("body_memory_bytes")) <= 4 << 20);
  },
);

threadScenario("metrics are those of all threads, and lines are whole", { tier: unlimited }, async (scene, t) => {
  const clients = await scene.clients(10);
  for (let round = 1; round <= 25; round++) {
    for (const client of clients) client.send(request(`GET /${"x".repeat(round * 10)}`));
    await Promise.all(clients.map((client) => client.responses(round)));
  }
  const requests = clients.length * 25;
  await until("all are counted", async () => (await scene.metric("requests_total", { code: "relayed" })) >= requests);
  t.equal(await scene.metric("requests_total"), requests);
  t.equal(
    await scene.metric("connections_accepted_total"),
    (await scene.edge.acceptedBy(1)) + (await scene.edge.acceptedBy(2)),
  );
  await until("all lines", () => scene.edge.lines.length === requests);
  t.equal(new Set(scene.edge.lines.map(({ request_id }) => request_id)).size, requests, "each once, and each parsed");
  t.equal(scene.edge.edge.plan.tenants.get("acme")!.live.requests, requests, "the tenant's total, too");
});
