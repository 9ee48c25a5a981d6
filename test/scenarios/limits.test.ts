/** Rates, requests in flight and queues: each limit answers by its own code, and is the tenant's or client's own. */
import { holdingWorker } from "../support/held-worker.ts";
import { request, requestWithBody, until } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { type Scene, scenario, tenantDocument } from "../support/scene.ts";

const limit = "{ requests: 1, unit: Minute, burst: 2 }";
const from = (address: string) => [`X-Forwarded-For: ${address}`];
const proxied = "trustedProxies: [ 127.0.0.1/32 ]";
const statuses = async (scene: Scene, asked: readonly string[]) => {
  const got: number[] = [];
  for (const bytes of asked) got.push((await scene.ask(bytes)).status);
  return got;
};

scenario(
  "a client over its rate gets 429 and when to come back; others do not",
  { edge: proxied, tier: `limits: { app: { perClient: ${limit} } }` },
  async (scene, t) => {
    const [a, b] = [from("203.0.113.1"), from("203.0.113.2")];
    const asked = [a, a, a, b].map((fields) => request("GET /", fields));
    t.strictSame(await statuses(scene, asked), [200, 200, 429, 200]);
    const refused = await scene.ask(request("GET /", a));
    const retryS = Number(refused.fields.find(([name]) => name === "Retry-After")?.[1]);
    t.ok(retryS > 30 && retryS <= 60, `${retryS} s`);
    t.match(await scene.line(4), { code: "rate_limited", flag: "RL", client: "203.0.113.1", endpoint: "" });
    t.equal((await scene.ask(request("GET /web/static/x.js", a))).status, 200, "static has no limit of its own");
    t.equal(
      (await scene.ask(request("GET /web/database/manager", a))).status,
      403,
      "what is refused anyway is not counted",
    );
  },
);

scenario(
  "over its rate, a body that came with its head is thrown away, and the connection goes on",
  { tier: `limits: { app: { perClient: ${limit} } }` },
  async (scene, t) => {
    const client = await scene.client();
    const post = requestWithBody("POST /web", "x=GET / HTTP/1.1");
    const answers = async (count: number) => (await client.responses(count)).map(({ status }) => status);
    await client.send(post).responses(1);
    await client.send(post).responses(2);
    t.strictSame(
      await client
        .send(post + request("GET /web/static/x.js"))
        .responses(4)
        .then(() => answers(4)),
      [200, 200, 429, 200],
    );
    const cut = await client.send(`${request("POST /web", ["Content-Length: 9"])}x=1`).responses(5);
    t.match(cut[4], { status: 429, closes: true }, "a body that is not here yet is not waited for");
    t.equal(await client.end(), "closed");
    const chunked = await scene.ask(request("POST /web", ["Transfer-Encoding: chunked"], "0\r\n\r\n"));
    t.match(chunked, { status: 429, closes: true });
  },
);

scenario(
  "a tenant over its rate does not touch another",
  { edge: proxied, tier: `limits: { app: { perTenant: ${limit} } }`, more: tenantDocument("other") },
  async (scene, t) => {
    const asked = ["1", "2", "3"].map((n) => request("GET /", from(`203.0.113.${n}`)));
    t.strictSame(await statuses(scene, [...asked, request("GET /", ["Host: other.example"])]), [200, 200, 429, 200]);
  },
);

scenario(
  "internal clients have no rate",
  { edge: `${proxied}, internalClients: [ 10.0.0.0/8 ]`, tier: `limits: { app: { perClient: ${limit} } }` },
  async (scene, t) => {
    t.strictSame(await statuses(scene, Array(4).fill(request("GET /", from("10.1.2.3")))), [200, 200, 200, 200]);
  },
);

scenario("only POST counts as login", { tier: `limits: { login: { perClient: ${limit} } }` }, async (scene, t) => {
  const post = requestWithBody("POST /web/login", "login=x");
  t.strictSame(
    await statuses(scene, [request("GET /web/login"), post, post, post, request("GET /web/login")]),
    [200, 200, 200, 429, 200],
  );
});

scenario(
  "beyond in flight is the queue, beyond the queue 503",
  { ...holdingWorker(), tier: "concurrency: { inFlight: 2, queue: 1, queueTimeout: 600ms }" },
  async (scene, t) => {
    const asked = ["/1", "/2", "/3"].map((path) => scene.ask(request(`GET ${path}`)).catch(() => null));
    await until("one waits", async () => (await scene.metric("queue_depth")) === 1);
    const full = await scene.ask(request("GET /4"));
    t.match(full, { status: 503, closes: false });
    t.equal(full.fields.find(([name]) => name === "Retry-After")?.[1], "2");
    t.strictSame([(await scene.line(0)).code, (await scene.line(1)).code], ["queue_full", "queue_timeout"]);
    t.ok(Number((await scene.line(1)).queue_ms) >= 600);
    t.equal(scene.arrived.length, 2);
    await scene.edge.close();
    await Promise.all(asked);
  },
);

const held = holdingWorker();
scenario(
  "a crowd of one client or tenant does not push others back",
  { edge: proxied, pool: "workers: 1", script: held.script, more: tenantDocument("other") },
  async (scene, t) => {
    const first = scene.ask(request("GET /first"));
    await until("the worker is busy", () => scene.arrived.length === 1);
    const queued = [];
    for (const [host, client, path] of [
      ["acme", "1", "/a1"],
      ["acme", "1", "/a2"],
      ["acme", "1", "/a3"],
      ["acme", "2", "/b1"],
      ["other", "3", "/c1"],
    ] as const) {
      queued.push(scene.ask(request(`GET ${path}`, [`Host: ${host}.example`, ...from(`203.0.113.${client}`)])));
      await until(`${path} waits`, async () => (await scene.metric("queue_depth")) === queued.length);
    }
    for (let served = 0; served < 6; served++) await held.free();
    await Promise.all([first, ...queued]);
    t.strictSame(
      scene.arrived.map(({ target }) => target),
      ["/first", "/c1", "/a1", "/b1", "/a2", "/a3"],
    );
  },
);

const echo: WorkerScript = { onRequest: ({ target }) => answer(200, target, "keep-alive") };
scenario(
  "a kept worker connection never mixes tenants up",
  { pool: "workers: 1", script: echo, more: tenantDocument("other") },
  async (scene, t) => {
    const asked = Array.from({ length: 20 }, (_, i) =>
      scene.ask(request(`GET /${i}`, [`Host: ${i % 2 ? "acme" : "other"}.example`])),
    );
    t.strictSame(
      (await Promise.all(asked)).map(({ body }) => body),
      Array.from({ length: 20 }, (_, i) => `/${i}`),
    );
  },
);
