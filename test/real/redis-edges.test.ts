/** Edges before one worker and one store: what clients of all of them together get. */
import { setTimeout as delay } from "node:timers/promises";
import t, { type Test } from "tap";
import { startTestEdge, type TestEdge } from "../support/edge.ts";
import { LiveClient, request, requestWithBody, until } from "../support/live-client.ts";
import { echoScript, startRecordingWorker } from "../support/recording-worker.ts";
import { type RedisServer, startRedis } from "../support/redis.ts";
import { sceneCatalog } from "../support/scene.ts";

interface World {
  readonly edges: readonly TestEdge[];
  readonly redis: RedisServer;
  /** One request to the edge of this number. */
  ask(edge: number, bytes?: string): Promise<number>;
}

async function withEdges(count: number, tier: string, play: (world: World) => Promise<void>, t: Test): Promise<void> {
  const worker = await startRecordingWorker(echoScript);
  const redis = await startRedis();
  const edge = `redis: { addresses: [ "${redis.address}" ], budget: 50ms }`;
  const catalog = sceneCatalog({ edge, tier }, worker.port);
  const edges = await Promise.all(Array.from({ length: count }, () => startTestEdge({ catalog })));
  const ask = async (index: number, bytes: string = request("GET /")) => {
    const client = await LiveClient.open(edges[index]!.port);
    const [response] = await client.send(bytes).responses(1, ["GET"]);
    client.socket.destroy();
    return response!.status;
  };
  try {
    await play({ edges, redis, ask });
    t.strictSame(
      edges.flatMap(({ faults }) => faults),
      [],
      "no fault",
    );
  } finally {
    for (const each of edges) await each.close();
    await redis.close();
    await worker.close();
  }
}

const perClient = "perClient: { requests: 1, unit: Hour, burst: 10 }";
const global = (how: string) => `limits: { app: { ${perClient}, scope: Global, ${how} } }`;

t.test("strict: two edges share one bucket to the last token", async (t) => {
  await withEdges(
    2,
    global("consistency: Strict"),
    async ({ ask }) => {
      const statuses = [];
      for (let i = 0; i < 14; i++) statuses.push(await ask(i % 2));
      t.strictSame(statuses, [...Array(10).fill(200), ...Array(4).fill(429)]);
    },
    t,
  );
});

const perLogin = "perLogin: { requests: 1, unit: Hour, burst: 6 }";
t.test("strict: the tries of one login name are counted together, whatever edge they come to", async (t) => {
  await withEdges(
    2,
    `failedLogins: { enabled: false }, limits: { login: { ${perLogin}, scope: Global, consistency: Strict } }`,
    async ({ edges, redis, ask }) => {
      const login = (edge: number, name: string) => {
        const fields = ["Content-Type: application/x-www-form-urlencoded", `Content-Length: ${name.length + 6}`];
        return ask(edge, request("POST /web/login", fields, `login=${name}`));
      };
      const statuses = [];
      for (let i = 0; i < 9; i++) statuses.push(await login(i % 2, "admin"));
      t.strictSame(statuses, [...Array(6).fill(200), ...Array(3).fill(429)]);
      t.equal(await login(0, "other"), 200, "another name is another's");
      t.notMatch(redis.cli("KEYS", "*"), /admin|other/, "no name lies in the store");
      await edges[0]!.close();
      t.equal(await login(1, "admin"), 429, "the store remembers");
    },
    t,
  );
});

for (const count of [2, 4])
  t.test(`hybrid: ${count} edges`, async (t) => {
    await withEdges(
      count,
      global("consistency: Hybrid"),
      async ({ edges, ask }) => {
        const asked = await Promise.all(Array.from({ length: 20 * count }, (_, i) => ask(i % count)));
        const granted = asked.filter((status) => status === 200).length;
        t.comment(`granted ${granted} of a burst of 10, all at once, on ${count} edges`);
        t.ok(granted >= 10 && granted <= 10 * count, "every edge gives its own bucket at most");
        await until("all of it is told", async () => {
          const waits = await Promise.all(edges.map((_, i) => ask(i)));
          return waits.every((status) => status === 429);
        });
      },
      t,
    );
  });

t.test("Closed: 503 while the store is away, and 200 once it is back", async (t) => {
  await withEdges(
    1,
    global("consistency: Strict, failureMode: Closed"),
    async ({ edges, redis, ask }) => {
      t.equal(await ask(0), 200);
      await redis.kill();
      t.equal(await ask(0), 503);
      const client = await LiveClient.open(edges[0]!.port);
      const [refused] = await client.send(request("GET /")).responses(1, ["GET"]);
      client.socket.destroy();
      t.equal(refused!.fields.find(([name]) => name === "Retry-After")?.[1], "5");
      await until("the access line", () => edges[0]!.lines.length === 3);
      t.match(edges[0]!.lines[1], { code: "limits_unavailable", flag: "RLSE" });
      await redis.start();
      await until("served again", async () => (await ask(0)) === 200);
    },
    t,
  );
});

t.test("a body of more than a connection holds comes while the store is asked", async (t) => {
  await withEdges(
    1,
    global("consistency: Strict").replace("app:", "app: {}, login:"),
    async ({ redis, ask }) => {
      redis.signal("SIGSTOP");
      const body = `login=${"x".repeat(400_000)}`;
      t.equal(await ask(0, requestWithBody("POST /web/login", body)), 200, "Local: it passes after the budget");
      redis.signal("SIGCONT");
    },
    t,
  );
});

t.test("another catalog: another store, or none", async (t) => {
  await withEdges(
    1,
    global("consistency: Strict"),
    async ({ edges, redis, ask }) => {
      await ask(0);
      t.equal(edges[0]!.edge.plan.plan.edge.redis!.addresses[0]!.port, redis.port);
      const missing = `redis: { addresses: [ "${redis.address}" ], password: { env: HOSTWARD_NO_SUCH_VARIABLE } }`;
      const other = sceneCatalog({ edge: missing, tier: global("consistency: Strict") }, 9);
      await t.rejects(edges[0]!.reload(other), { message: /variable `HOSTWARD_NO_SUCH_VARIABLE` is empty/ });
      t.equal(await ask(0), 200, "the old plan serves on");
      const connections = () =>
        redis
          .cli("CLIENT", "LIST")
          .split("\n")
          .filter((line) => line.includes("name=hostward"));
      t.equal(connections().length, 1);
      await edges[0]!.reload(sceneCatalog({ edge: "", tier: "" }, 9));
      await until("the connection is closed", async () => {
        await delay(20);
        return connections().length === 0;
      });
    },
    t,
  );
});
