/** Rate buckets under load: several threads at once, and more clients than anybody has. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import t from "tap";
import { RateLimits } from "../../src/policy/limits/rate-limits.ts";
import type { RateThreadData } from "../support/rate-thread.ts";
import { rateMemory, take } from "../support/rates.ts";

/** Runs `threads` threads on the same buckets; what each of them granted, by client. */
async function hammer(threads: number, data: Omit<RateThreadData, "start">): Promise<number[][]> {
  const start = new SharedArrayBuffer(8);
  const file = new URL("../support/rate-thread.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(file, { workerData: { ...data, start } }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const results = workers.map((worker) => once(worker, "message"));
  Atomics.store(new Int32Array(start), 0, 1);
  Atomics.notify(new Int32Array(start), 0);
  const granted = (await Promise.all(results)).map(([counts]) => counts as number[]);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return granted;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, n) => total + n, 0);
}

const plenty = { requests: 1_000_000, perMs: 1000, burst: 1_000_000 };

t.test("two threads grant what one would: nothing more, and nothing is lost", async (t) => {
  // Nearly all that is asked is granted: whichever thread is put aside for a while, the other leaves it some.
  const perClient = { requests: 1, perMs: 3_600_000, burst: 15_000 };
  const data = { requests: 200_000, clients: 20, stepMs: 0, perTenant: plenty, perClient };
  const memory = rateMemory();
  const granted = await hammer(2, { ...data, memory });
  t.strictSame(
    granted[0]!.map((own, client) => own + granted[1]![client]!),
    new Array(20).fill(15_000),
    "each client's burst, to the request",
  );
  t.ok(Math.min(...granted.map(sum)) > 0, `both threads had some: ${granted.map(sum)}`);
  const rates = new RateLimits(memory);
  t.equal(rates.clients.brokenLocks + rates.tenants.brokenLocks, 0);
});

t.test("two threads share a tenant's limit, whoever its clients are", async (t) => {
  const perTenant = { requests: 1, perMs: 3_600_000, burst: 5000 };
  const granted = await hammer(2, {
    memory: rateMemory(),
    requests: 100_000,
    clients: 200,
    stepMs: 0,
    perTenant,
    perClient: plenty,
  });
  t.equal(sum(granted.map(sum)), 5000);
});

t.test("as time goes by two threads grant at most burst and rate", async (t) => {
  const [requests, stepMs] = [100_000, 0.001]; // about as fast as it is
  const perClient = { requests: 10_000, perMs: 1000, burst: 10 };
  const granted = await hammer(2, { memory: rateMemory(), requests, clients: 1, stepMs, perTenant: plenty, perClient });
  const most = 10 + 2 * requests * stepMs * 10;
  const total = sum(granted.map(sum));
  t.ok(total <= most + 1 && total >= most - 11, `${total} of ${most}`);
});

const ADDRESSES = 1_000_000;
const MINUTE_MS = 60_000;
const address = (i: number) => `${11 + (i >> 16)}.${(i >> 8) & 255}.7.${i & 255}`;

t.test("a million addresses in a minute get nobody a fresh bucket, and cost honest ones nothing", async (t) => {
  const rates = new RateLimits(rateMemory(1 << 17, 1 << 13));
  const bytes = process.memoryUsage.rss();
  const perClient = { requests: 30, perMs: MINUTE_MS, burst: 30 };
  const asksAt = (from: string, nowMs: number) => take(rates, { address: from, perClient }, nowMs);
  const guesser = "203.0.113.66";
  for (let i = 0; i < 30; i++) asksAt(guesser, 0);
  let crowd = 0;
  let honest = 0;
  let guesses = 0;
  for (let i = 0; i < ADDRESSES; i++) {
    const nowMs = (i * MINUTE_MS) / ADDRESSES;
    if (asksAt(address(i), nowMs) > 0) crowd++;
    // A hundred people try to log in once each second and a half, for nine seconds.
    if (i % 250 === 0 && i < 150_000 && asksAt(`198.51.100.${(i / 250) % 100}`, nowMs) > 0) honest++;
    if (i % 1000 === 0 && asksAt(guesser, nowMs) === 0) guesses++;
  }
  t.equal(crowd, 0, "each address asked once");
  t.equal(honest, 0, "no honest one was refused");
  t.ok(guesses <= 30, `the guesser got his rate and no more: ${guesses}`);
  t.equal(rates.clients.overflows, 0);
  const grown = process.memoryUsage.rss() - bytes;
  t.ok(grown < 64 * 2 ** 20, `memory grew by ${Math.round(grown / 2 ** 20)} MiB at most`);
});

t.test("a million addresses that stay for an hour fill the table, and still get nobody more", async (t) => {
  const rates = new RateLimits(rateMemory(1 << 17, 1 << 13));
  const perClient = { requests: 2, perMs: 3_600_000, burst: 2 };
  const guesser = "203.0.113.66";
  const victims = Array.from({ length: 1000 }, (_, i) => `198.51.${i >> 8}.${i & 255}`);
  const takeOne = (from: string, nowMs: number) => take(rates, { address: from, perClient }, nowMs);
  for (const from of [guesser, ...victims]) for (let i = 0; i < 2; i++) t.equal(takeOne(from, 1), 0);
  for (let i = 0; i < ADDRESSES; i++) takeOne(address(i), 1 + (i * MINUTE_MS) / ADDRESSES);
  t.ok(takeOne(guesser, MINUTE_MS) > 1_000_000, "the crowd did not make room for the guesser");
  t.equal(victims.filter((from) => takeOne(from, MINUTE_MS) === 0).length, 0, "nor for anybody");
  const fresh = Array.from({ length: 1000 }, (_, i) => takeOne(`192.0.${i >> 8}.${i & 255}`, MINUTE_MS));
  const served = fresh.filter((wait) => wait === 0).length;
  t.ok(served > 250, `of a thousand new clients ${served} had room`);
  const tenants = Array.from({ length: 1000 }, (_, i) =>
    take(rates, { tenant: `t${i}`, perTenant: plenty }, MINUTE_MS),
  );
  t.equal(sum(tenants), 0, "tenants have a table of their own");
  t.ok(rates.clients.overflows > 1000, `counted: ${rates.clients.overflows}`);
});
