/** How the store is reached: passwords, ACL users, TLS, Sentinels and a Cluster, and what becomes of limits when it moves. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { certificate, certificateKey } from "../support/certificate.ts";
import { freePort } from "../support/nginx.ts";
import { type RedisServer, startRedis } from "../support/redis.ts";
import { globalLimit, Replica, redisAt, withLateness } from "../support/shared-limits.ts";

const folder = mkdtempSync(join(tmpdir(), "hostward-store-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const unhandled: unknown[] = [];
process.on("unhandledRejection", (cause) => unhandled.push(cause));

const closed = globalLimit(1_000_000, 1000, 1_000_000, { failureMode: "Closed" });
/** The same with keys that stay. */
const lasting = globalLimit(1, 1000, 1_000_000, { failureMode: "Closed" });
const secretFile = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { from: "file", name: path } as const;
};

/** Waits, with questions, until one is answered; how long that took. */
async function answers(replica: Replica, limitMs: number, tenant = "acme"): Promise<number> {
  const startMs = performance.now();
  while ((await replica.ask(closed, "203.0.113.1", tenant)).verdict !== "granted") {
    if (performance.now() - startMs > limitMs) throw new Error(`no answer: ${replica.events.join(", ")}`);
    await delay(10);
  }
  return performance.now() - startMs;
}

const rights = ["~{hostward*", "+eval", "+evalsha", "+get", "+set", "+time", "+info"];

t.test("an ACL user with the rights that the documents name, its password in a file", async (t) => {
  const server = await startRedis({ args: ["--user", "edge", "on", ">right", ...rights] });
  const replica = new Replica(redisAt([server.port], { username: "edge", password: secretFile("right", "right\n") }));
  try {
    await answers(replica, 5_000);
    t.strictSame(replica.events, ["connected"]);
  } finally {
    replica.close();
    await server.close();
  }
});

t.test("a wrong password: limits work by their failure mode, and no word of it gets out", async (t) => {
  const server = await startRedis({ args: ["--requirepass", "right"], cli: ["-a", "right"] });
  const password = secretFile("wrong", "wrong-secret");
  const replica = new Replica(redisAt([server.port], { password }));
  try {
    const counts = await replica.askFor(500, 5, closed);
    t.equal(counts.granted, 0);
    t.ok(replica.longestMs < 60, `and at once: ${replica.longestMs.toFixed(1)} ms`);
    t.strictSame(replica.events, ["lost denied"]);
    server.cli("CONFIG", "SET", "requirepass", "wrong-secret");
    await answers(replica, 8_000);
    t.notMatch(replica.events.join(), /secret/);
    t.notMatch(await replica.metrics.registry.metrics(), /secret/);
  } finally {
    replica.close();
    await server.close();
  }
});

t.test("TLS: the certificate is checked against the file and the name", async (t) => {
  const [cert, key] = [secretFile("cert.pem", certificate).name, secretFile("key.pem", certificateKey).name];
  const port = await freePort();
  const tlsArgs = ["--tls-port", `${port}`, "--tls-cert-file", cert, "--tls-key-file", key];
  const args = [...tlsArgs, "--tls-ca-cert-file", cert, "--tls-auth-clients", "no"];
  const server = await startRedis({ port, args });
  const right = new Replica(redisAt([port], { tls: { caFile: cert, serverName: "acme.localhost" } }));
  const wrongName = new Replica(redisAt([port], { tls: { caFile: cert, serverName: "other.localhost" } }));
  const untrusted = new Replica(redisAt([port], { tls: { caFile: "", serverName: "acme.localhost" } }));
  const cleartext = new Replica(redisAt([port]));
  try {
    await answers(right, 5_000);
    for (const replica of [wrongName, untrusted, cleartext])
      t.equal((await replica.askFor(300, 10, closed)).granted, 0, replica.events.join());
  } finally {
    for (const replica of [right, wrongName, untrusted, cleartext]) replica.close();
    await server.close();
  }
});

t.test("Sentinel: the master is killed, and the replica that follows it is found", async (t) => {
  const master = await startRedis();
  const replicaServer = await startRedis({ args: ["--replicaof", "127.0.0.1", `${master.port}`] });
  const sentinels = [
    await startSentinel(master.port),
    await startSentinel(master.port),
    await startSentinel(master.port),
  ];
  const ports = sentinels.map(({ port }) => port);
  const replica = new Replica(redisAt(ports, { topology: "Sentinel", masterName: "limits" }));
  try {
    await answers(replica, 8_000);
    await eventually("the Sentinels know the replica and each other", () =>
      sentinels.every((sentinel) => {
        const known = sentinel.cli("SENTINEL", "MASTER", "limits").split("\n");
        const after = (word: string) => known[known.indexOf(word) + 1];
        return after("num-slaves") === "1" && after("num-other-sentinels") === "2";
      }),
    );
    await master.kill();
    const healedMs = await answers(replica, 20_000);
    t.comment(
      `| Sentinel failover | ${healedMs.toFixed(0)} ms | longest decision ${replica.longestMs.toFixed(1)} ms |`,
    );
    t.equal(replicaServer.cli("ROLE").split("\n")[0], "master");
    t.ok(replica.longestMs < 65, `longest decision ${replica.longestMs} ms`);
  } finally {
    replica.close();
    for (const server of [...sentinels, replicaServer, master]) await server.close();
  }
});

t.test("Cluster: a slot moves under load, and a master goes and comes back", async (t) => {
  const args = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no"];
  const nodes = await Promise.all([startRedis({ args }), startRedis({ args }), startRedis({ args })]);
  const addresses = nodes.map(({ address }) => address);
  nodes[0]!.cli("--cluster", "create", ...addresses, "--cluster-yes");
  await eventually("the Cluster is whole", () =>
    nodes.every((node) => node.cli("CLUSTER", "INFO").includes("cluster_state:ok")),
  );
  const tenants = Array.from({ length: 12 }, (_, i) => `tenant-${i}`);
  const replica = new Replica(
    redisAt(
      nodes.map(({ port }) => port),
      { topology: "Cluster" },
    ),
  );
  try {
    for (const tenant of tenants) await answers(replica, 8_000, tenant);
    const moved = nodes[0]!.cli("CLUSTER", "KEYSLOT", `{hostward:${tenants[0]}}`);
    await replica.ask(lasting, "203.0.113.1", tenants[0]);
    const { value: counts, latenessMs } = await withLateness(async () => {
      const asking = replica.askFor(2_000, 2, lasting, tenants);
      t.comment(`slot ${moved} moved ${await moveSlot(nodes, moved)}`);
      return await asking;
    });
    t.comment(
      `${JSON.stringify(counts)}, longest ${replica.longestMs.toFixed(1)} ms, timers late ${latenessMs.toFixed(1)} ms`,
    );
    t.ok(counts.granted > 20 * counts.unavailable, "hardly a question is lost");
    t.ok(replica.longestMs < 65 + latenessMs, `longest decision ${replica.longestMs} ms`);

    const gone = nodes[2]!;
    await gone.kill();
    const { value: without, latenessMs: laterMs } = await withLateness(() => replica.askFor(1_500, 3, closed, tenants));
    t.comment(`one of three masters gone: ${JSON.stringify(without)}, longest ${replica.longestMs.toFixed(1)} ms`);
    t.ok(without.granted > 0, "the other masters' tenants go on");
    t.ok(replica.longestMs < 65 + latenessMs + laterMs, `longest decision ${replica.longestMs} ms`);
    await gone.start();
    for (const tenant of tenants) await answers(replica, 15_000, tenant);
    t.strictSame(unhandled, [], "nothing was rejected unheard");
  } finally {
    replica.close();
    for (const node of nodes) await node.close();
  }
});

/** Moves a slot with its keys, in small steps as `redis-cli --cluster reshard` does. */
async function moveSlot(nodes: readonly RedisServer[], slot: string): Promise<string> {
  const ids = await Promise.all(nodes.map((node) => node.command("CLUSTER", "MYID")));
  const counts = await Promise.all(nodes.map((node) => node.command("CLUSTER", "COUNTKEYSINSLOT", slot)));
  const from = counts.findIndex((count) => count !== "0");
  const to = (from + 1) % nodes.length;
  const [source, target] = [nodes[from]!, nodes[to]!];
  await target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[from]!);
  await source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[to]!);
  await delay(200);
  const keys = (await source.command("CLUSTER", "GETKEYSINSLOT", slot, "100")).split("\n");
  await source.command("MIGRATE", "127.0.0.1", `${target.port}`, "", "0", "1000", "KEYS", ...keys);
  await delay(200);
  for (const node of [target, source, ...nodes]) await node.command("CLUSTER", "SETSLOT", slot, "NODE", ids[to]!);
  return `with ${keys.length} keys from node ${from} to ${to}`;
}

async function startSentinel(masterPort: number): Promise<RedisServer> {
  const port = await freePort();
  const config = join(folder, `sentinel-${port}.conf`);
  writeFileSync(
    config,
    [
      `sentinel monitor limits 127.0.0.1 ${masterPort} 2`,
      "sentinel down-after-milliseconds limits 500",
      "sentinel failover-timeout limits 2000",
      "",
    ].join("\n"),
  );
  return startRedis({ port, args: [config, "--sentinel"], bare: true });
}

async function eventually(what: string, holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`never happened: ${what}`);
    await delay(100);
  }
}
