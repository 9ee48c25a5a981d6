/** What limits that processes share do while their store fails: nobody waits beyond the budget, and it heals by itself. */
import { setTimeout as delay } from "node:timers/promises";
import t, { type Test } from "tap";
import { startLatencyProxy } from "../support/latency-proxy.ts";
import { until } from "../support/live-client.ts";
import { type RedisServer, startRedis } from "../support/redis.ts";
import { faultRow } from "../support/redis-fault-table.ts";
import { globalLimit, Replica, redisAt, withLateness } from "../support/shared-limits.ts";

t.jobs = 1;
const unhandled: unknown[] = [];
process.on("unhandledRejection", (cause) => unhandled.push(cause));

/** A limit that no request of a fault's time uses up, so that only failure modes refuse. */
const ample = 1_000_000;
const strictly = (failureMode: "Local" | "Open" | "Closed") =>
  globalLimit(ample, 1000, ample, { consistency: "Strict", failureMode });
const hybridClosed = globalLimit(ample, 1000, ample, { consistency: "Hybrid", failureMode: "Closed" });
const modes = ["Local", "Open", "Closed"] as const;

/** What a decision may take beyond its budget on a machine that does other things too; what it took is printed. */
const SLACK_MS = 60;
const FAULT_MS = 1_600;

interface Fault {
  readonly name: string;
  /** Longest that healing may take to be noticed. */
  readonly healMs?: number;
  readonly options?: Parameters<typeof startRedis>[0];
  /** Behind the latency proxy, whose port is asked. */
  readonly proxied?: true;
  begin(server: RedisServer, proxy: { delayMs: number } | null): Promise<void> | void;
  end(server: RedisServer, proxy: { delayMs: number } | null): Promise<void> | void;
  /** Whether strict questions go unanswered meanwhile. */
  readonly fails: boolean;
  /** Whether exchanges of hybrid limits fail, too: they may take longer. */
  readonly stopsSync: boolean;
}

const faults: readonly Fault[] = [
  {
    name: "killed, started again",
    fails: true,
    stopsSync: true,
    begin: (server) => server.kill(),
    end: (server) => server.start(),
  },
  {
    name: "frozen (SIGSTOP)",
    fails: true,
    stopsSync: true,
    begin: (server) => server.signal("SIGSTOP"),
    end: (server) => server.signal("SIGCONT"),
  },
  {
    name: "slow (20 ms each way)",
    fails: true,
    stopsSync: false,
    proxied: true,
    begin: (_server, proxy) => {
      proxy!.delayMs = 20;
    },
    end: (_server, proxy) => {
      proxy!.delayMs = 0;
    },
  },
  {
    name: "swallowed (no packet passes)",
    fails: true,
    stopsSync: true,
    proxied: true,
    begin: (_server, proxy) => {
      proxy!.delayMs = Number.POSITIVE_INFINITY;
    },
    end: (_server, proxy) => {
      proxy!.delayMs = 0;
    },
  },
  {
    name: "read-only replica",
    fails: true,
    stopsSync: true,
    begin: (server) => void server.cli("REPLICAOF", "127.0.0.1", "1"),
    end: (server) => void server.cli("REPLICAOF", "NO", "ONE"),
  },
  {
    name: "out of memory (noeviction)",
    fails: true,
    stopsSync: true,
    begin: (server) => void server.cli("CONFIG", "SET", "maxmemory", "1"),
    end: (server) => void server.cli("CONFIG", "SET", "maxmemory", "0"),
  },
  {
    name: "ACL user without rights",
    fails: true,
    stopsSync: true,
    begin: (server) => void server.cli("ACL", "SETUSER", "default", "-@all", "+acl", "+info"),
    end: (server) => void server.cli("ACL", "SETUSER", "default", "+@all"),
  },
  { name: "flushed", fails: false, stopsSync: false, begin: (server) => void server.cli("FLUSHALL"), end: () => {} },
  {
    name: "scripts flushed",
    fails: false,
    stopsSync: false,
    begin: (server) => void server.cli("SCRIPT", "FLUSH"),
    end: () => {},
  },
];

for (const fault of faults) t.test(fault.name, (t) => play(t, fault));

async function play(t: Test, fault: Fault): Promise<void> {
  const server = await startRedis(fault.options);
  const proxy = fault.proxied ? await startLatencyProxy(server.port) : null;
  const replica = new Replica(redisAt([proxy?.port ?? server.port]));
  try {
    await replica.limits.connected;
    await until("strict limits ask", async () => (await replica.ask(strictly("Closed"))).verdict === "granted");
    const { value: seen, latenessMs } = await withLateness(async () => {
      await fault.begin(server, proxy);
      const all = [...modes.map(strictly), hybridClosed];
      return await Promise.all(all.map((limits) => replica.askFor(FAULT_MS, 3, limits)));
    });
    const [local, open, closed, hybrid] = seen;
    t.equal(local!.refused + open!.refused, 0, "Local counts alone and Open lets pass: neither refuses here");
    const unavailable = closed!.unavailable;
    if (fault.fails) {
      t.ok(unavailable > 0, "Closed refuses");
      t.ok(unavailable >= closed!.granted, "and does so for most of the time");
    } else t.ok(unavailable < closed!.granted / 10, "hardly a question goes unanswered");
    t.equal(hybrid!.unavailable > 0, fault.stopsSync, "Hybrid refuses only where nothing can be told");
    const longest = replica.longestMs;
    t.comment(
      `longest decision ${longest.toFixed(1)} ms, budget 5 ms, timers late by up to ${latenessMs.toFixed(1)} ms`,
    );
    t.ok(longest <= 5 + SLACK_MS + latenessMs, `no decision takes longer than the budget and the timers: ${longest}`);

    const healing = performance.now();
    await fault.end(server, proxy);
    await heals(replica);
    const healedMs = performance.now() - healing;
    t.ok(healedMs < 10_000, `noticed after ${healedMs.toFixed(0)} ms`);
    const overruns = await replica.metric("limit_store_overruns_total");
    await faultRow(fault.name, {
      closed: closed!,
      hybrid: hybrid!,
      longest,
      overruns,
      healedMs,
      events: replica.events,
    });
    t.strictSame(unhandled, [], "nothing was rejected unheard");
  } finally {
    replica.close();
    server.signal("SIGCONT");
    await proxy?.close();
    await server.close();
  }
}

/** Waits until a strict question is answered again. */
async function heals(replica: Replica): Promise<void> {
  const endMs = performance.now() + 12_000;
  while ((await replica.ask(strictly("Closed"))).verdict !== "granted") {
    if (performance.now() > endMs) throw new Error("the store's return is never noticed");
    await delay(10);
  }
}
