/** What limits that processes share grant, all together: strict exactly, hybrid within the overshoot that is stated. */
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import type { RuleLimits } from "../../src/plan/types.ts";
import { until } from "../support/live-client.ts";
import { startRedis } from "../support/redis.ts";
import { globalLimit, Replica, redisAt } from "../support/shared-limits.ts";

const redis = await startRedis();
t.teardown(() => redis.close());
const unhandled: unknown[] = [];
process.on("unhandledRejection", (cause) => unhandled.push(cause));

async function withReplicas(count: number, work: (replicas: Replica[]) => Promise<void>): Promise<void> {
  const replicas = Array.from({ length: count }, () => new Replica(redisAt([redis.port])));
  try {
    await Promise.all(replicas.map(({ limits }) => limits.connected));
    await Promise.all(replicas.map(({ limits }) => limits.warmUp()));
    await work(replicas);
  } finally {
    for (const replica of replicas) replica.close();
  }
}

/** As many requests at once as there are, turn by turn, to every replica; how many were granted. */
async function flood(replicas: readonly Replica[], forMs: number, limits: RuleLimits, client: string): Promise<number> {
  let granted = 0;
  const endMs = performance.now() + forMs;
  const one = async (replica: Replica) => {
    while (performance.now() < endMs) {
      for (let i = 0; i < 5; i++) if ((await replica.ask(limits, client)).verdict === "granted") granted++;
      await delay(1);
    }
  };
  await Promise.all(replicas.map(one));
  return granted;
}

t.test("strict: four replicas together grant what one would", async (t) => {
  await withReplicas(4, async (replicas) => {
    const startMs = performance.now();
    const granted = await flood(replicas, 1_500, globalLimit(20, 1000, 30), "strict");
    const tookMs = performance.now() - startMs;
    const most = 30 + (20 * tookMs) / 1000;
    // A question that came too late took its token, and its request was judged by the replica alone.
    const overruns = await Promise.all(replicas.map((replica) => replica.metric("limit_store_overruns_total")));
    const alone = overruns.reduce((sum, count) => sum + count, 0);
    t.comment(`granted ${granted} in ${tookMs.toFixed(0)} ms, at most ${most.toFixed(1)}; ${alone} overruns`);
    t.ok(granted <= most + 1 + alone, `${granted} granted`);
    t.ok(granted >= most * 0.8 - alone, "and hardly less than that");
  });
});

t.test("strict: a refused request takes from neither bucket, and says when to come back", async (t) => {
  await withReplicas(2, async ([one, two]) => {
    const limits = { ...globalLimit(1, 60_000, 2), perTenant: { requests: 1, perMs: 60_000, burst: 3 } };
    const asked = [];
    for (const [replica, client] of [
      [one, "a"],
      [two, "a"],
      [one, "a"],
      [two, "b"],
      [one, "b"],
    ] as const)
      asked.push(await replica!.ask(limits, client, "neither"));
    t.strictSame(
      asked.map(({ verdict }) => verdict),
      ["granted", "granted", "refused", "granted", "refused"],
    );
    t.ok(asked[2]!.waitMs > 59_000 && asked[2]!.waitMs <= 60_000, `${asked[2]!.waitMs} ms`);
  });
});

for (const count of [2, 4])
  t.test(`hybrid: ${count} replicas overshoot by no more than is stated`, async (t) => {
    await withReplicas(count, async (replicas) => {
      const [rate, burst, forMs, exchangeS] = [100, 50, 3_000, 0.05];
      const limits = globalLimit(rate, 1000, burst, { consistency: "Hybrid" });
      const startMs = performance.now();
      const granted = await flood(replicas, forMs, limits, `hybrid-${count}`);
      const tookS = (performance.now() - startMs) / 1000;
      const limit = burst + rate * tookS;
      // An exchange takes place every 50 ms, where the machine lets it: another 50 ms for what else it does.
      const overshoot = (count - 1) * (burst + rate * 2 * exchangeS);
      t.comment(
        `granted ${granted}, limit ${limit.toFixed(0)}, overshoot ${(granted - limit).toFixed(0)} of ${overshoot}`,
      );
      t.ok(granted <= limit + overshoot, `${granted} granted`);
      t.ok(granted >= limit * 0.8, "and not much less than the limit");
      const after = await flood(replicas, 2_000, limits, `hybrid-${count}`);
      t.comment(`in the two seconds that follow ${after}, limit ${rate * 2}`);
      t.ok(after <= rate * 2 + overshoot / 4, "what was too much is paid back, not granted again");
    });
  });

t.test("hybrid: one honest client, spread over the replicas, is never refused", async (t) => {
  await withReplicas(4, async (replicas) => {
    const limits = globalLimit(50, 1000, 10, { consistency: "Hybrid" });
    const verdicts = [];
    for (let i = 0; i < 80; i++) {
      verdicts.push((await replicas[i % 4]!.ask(limits, "honest")).verdict);
      await delay(22);
    }
    t.strictSame(new Set(verdicts), new Set(["granted"]));
  });
});

t.test("what the store holds: hashes of clients, one slot for a tenant, and keys that expire", async (t) => {
  await withReplicas(1, async ([replica]) => {
    redis.cli("FLUSHALL");
    const limits = { ...globalLimit(1, 1000, 10), perTenant: { requests: 2, perMs: 1000, burst: 100 } };
    await replica!.ask(limits, "203.0.113.77", "acme");
    const keys = redis.cli("KEYS", "*").split("\n").sort();
    t.equal(keys.length, 2);
    t.ok(
      keys.every((key) => key.startsWith("{hostward:acme}:app:")),
      keys.join(" "),
    );
    t.ok(!keys.join().includes("203.0.113"), "no address in clear");
    const expiries = keys.map((key) => Number(redis.cli("PTTL", key)));
    t.ok(
      expiries.every((ms) => ms <= 1000),
      `gone when the bucket is full: ${expiries}`,
    );
    await until("both are gone", () => redis.cli("DBSIZE") === "0");
  });
});

t.test("failure mode Local: each replica alone keeps the limit, and forgets nothing", async (t) => {
  const server = await startRedis();
  const replicas = [0, 1].map(() => new Replica(redisAt([server.port])));
  try {
    await Promise.all(replicas.map(({ limits }) => limits.connected));
    const limits = globalLimit(10, 1000, 20);
    await flood(replicas, 300, limits, "alone");
    await server.kill();
    const startMs = performance.now();
    const granted = await flood(replicas, 1_000, limits, "alone");
    const seconds = (performance.now() - startMs) / 1000;
    t.comment(`granted ${granted} in ${seconds.toFixed(2)} s without the store; two replicas at 10 a second`);
    t.ok(granted <= 2 * (10 * seconds + 2), "the buckets were as empty as the store's: no burst anew");
    await server.start();
    await until("the store is back", async () => (await replicas[0]!.metric("limit_store_connected")) === 1);
    await delay(1_500);
    const waited = (await replicas[0]!.ask(limits, "alone")).waitMs;
    t.ok(waited < 3_000, `an outage is not paid for after its end: ${waited} ms`);
  } finally {
    for (const replica of replicas) replica.close();
    await server.close();
  }
});

// What the script sees of a jump is how far what it stored lies from TIME, so that distance is changed, and the expiry with it.
t.test("the server's clock jumps by an hour", async (t) => {
  await withReplicas(1, async ([replica]) => {
    redis.cli("FLUSHALL");
    const limits = globalLimit(10, 1000, 5, { failureMode: "Closed" });
    const take = async (count: number) => {
      const verdicts = [];
      for (let i = 0; i < count; i++) verdicts.push((await replica!.ask(limits, "clock")).verdict);
      return verdicts.filter((verdict) => verdict === "granted").length;
    };
    const granted = await take(8);
    t.ok(granted >= 5 && granted <= 6, `the burst: ${granted}`);
    const key = redis.cli("KEYS", "{hostward:acme}*").split("\n")[0]!;
    redis.cli("SET", key, `${Number(redis.cli("GET", key)) + 3_600_000_000}`, "PX", "3700000");
    t.ok((await take(8)) <= 1, "back: the bucket is empty, not full");
    await delay(350);
    const refilled = await take(8);
    t.ok(refilled >= 2 && refilled <= 5, `and fills from then on, not an hour later: ${refilled}`);
    redis.cli("DEL", key);
    const forward = await take(20);
    t.ok(forward <= 6, `forward, where keys expire: at most one burst more: ${forward}`);
  });
});

t.test("nothing was rejected unheard", async (t) => t.strictSame(unhandled, []));
