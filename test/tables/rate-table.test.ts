/** What a table of rate buckets does when it has no room, and when a thread dies at work. */
import t from "tap";
import { RateLimits } from "../../src/policy/limits/rate-limits.ts";
import { RateTable } from "../../src/policy/limits/rate-table.ts";
import { rateMemory, take } from "../support/rates.ts";

const onePerMinute = { requests: 1, perMs: 60_000, burst: 1 };
const fivePerSecond = { requests: 5, perMs: 1000, burst: 5 };
const plenty = { requests: 1000, perMs: 1000, burst: 100_000 };
const address = (i: number) => `10.0.${i >> 8}.${i & 255}`;

/** Buckets of the only set. */
const WAYS = 7;

t.test("limits are apart by tenant, rule and client", async (t) => {
  const rates = new RateLimits(rateMemory());
  t.equal(take(rates, { perClient: onePerMinute }, 1), 0);
  t.equal(take(rates, { perClient: onePerMinute, address: "203.0.113.2" }, 1), 0, "another client");
  t.equal(take(rates, { perClient: onePerMinute, tenant: "other" }, 1), 0, "another tenant");
  t.equal(rates.take({ hi: 1, lo: 2 }, 3, "203.0.113.1", null, onePerMinute), 0, "another rule");
  t.equal(take(rates, { perClient: onePerMinute }, 1), 60_000, "the first again");
  t.equal(take(rates, { perClient: onePerMinute, address: "2001:db8::1" }, 1), 0);
  t.equal(take(rates, { perClient: onePerMinute, address: "2001:db8::2" }, 1), 60_000, "the same network");
});

t.test("both limits are taken from, or none", async (t) => {
  const rates = new RateLimits(rateMemory());
  const both = { perTenant: onePerMinute, perClient: fivePerSecond };
  t.equal(take(rates, both, 0), 0);
  t.strictSame([rates.remaining, rates.resetS], [4, 1], "what the client has left");
  t.equal(take(rates, both, 0), 60_000);
  t.equal(rates.refusedBy, "tenant");
  t.equal(rates.remaining, 4, "a refusal cost the client nothing");
  for (let i = 0; i < 4; i++) t.equal(take(rates, { perClient: fivePerSecond }, 0), 0);
  t.equal(take(rates, { perTenant: plenty, perClient: fivePerSecond }, 0), 200);
  t.equal(rates.refusedBy, "client");
  t.equal(take(rates, { perTenant: fivePerSecond, tenant: "fresh" }, 0), 0);
});

t.test("a limit that changes counts at once", async (t) => {
  const rates = new RateLimits(rateMemory());
  t.equal(take(rates, { perClient: onePerMinute }, 0), 0);
  t.equal(take(rates, { perClient: fivePerSecond }, 0), 1200, "an empty bucket of the new limit, and a second");
  t.equal(take(rates, { perClient: fivePerSecond }, 1200), 0, "waiting as told is enough");
});

t.test("a full bucket's place is free, no other's", async (t) => {
  const rates = new RateLimits(rateMemory(1));
  for (let i = 0; i < WAYS; i++) take(rates, { perClient: onePerMinute, address: address(i) }, i);
  t.equal(rates.clients.inUse(WAYS, 1), WAYS);
  for (let i = 100; i < 110; i++) take(rates, { perClient: onePerMinute, address: address(i) }, 10);
  for (let i = 0; i < WAYS; i++)
    t.equal(take(rates, { perClient: onePerMinute, address: address(i) }, 10), 59_990 + i, "nobody got a new bucket");
  t.equal(rates.clients.overflows, 10, "newcomers are counted");
  t.equal(take(rates, { perClient: onePerMinute, address: address(0) }, 60_000), 0, "its time has come");
  t.equal(rates.clients.inUse(120_011, 1), 0, "later all are free");
});

t.test("newcomers without a place share one bucket, and what they owe goes with them", async (t) => {
  const rates = new RateLimits(rateMemory(1));
  for (let i = 0; i < WAYS; i++) take(rates, { perClient: onePerMinute, address: address(i) }, 0);
  const newcomer = { perClient: fivePerSecond, address: address(20) };
  for (let i = 0; i < 5; i++) t.equal(take(rates, { ...newcomer, address: address(20 + i) }, 59_900), 0);
  t.equal(take(rates, newcomer, 59_900), 200, "together they have one limit");
  t.equal(take(rates, newcomer, 60_000), 100, "a place of its own begins as empty");
  t.equal(take(rates, newcomer, 60_100), 0, "and fills at its own rate");
  t.equal(take(rates, { ...newcomer, perClient: fivePerSecond, address: address(50) }, 120_000), 0);
});

t.test("time does not go back", async (t) => {
  const rates = new RateLimits(rateMemory());
  for (let i = 0; i < 5; i++) take(rates, { perClient: fivePerSecond }, 10_000);
  t.equal(take(rates, { perClient: fivePerSecond }, 5000), 200, "for a request that was long on its way");
  t.equal(take(rates, { perClient: fivePerSecond }, 10_100), 100, "which gave nothing back");
});

t.test("tenants do not share with clients", async (t) => {
  const rates = new RateLimits(rateMemory(1));
  for (let i = 0; i < 100; i++) take(rates, { perClient: onePerMinute, address: address(i) }, 0);
  for (let i = 0; i < 5; i++) t.equal(take(rates, { perTenant: fivePerSecond }, 0), 0);
});

t.test("a lock whose thread died is broken, once, and counted", async (t) => {
  const memory = RateTable.allocate(1, true);
  const [dead, living] = [new RateTable(memory), new RateTable(memory)];
  dead.open(0, 1);
  living.open(0, 2);
  t.equal(living.brokenLocks, 1);
  dead.close();
  const third = new RateTable(memory);
  living.close();
  third.open(0, 3);
  third.close();
  t.equal(third.brokenLocks, 1, "the late holder took nothing from the next");
});

t.throws(() => RateTable.allocate(3, false), { message: "cannot make 3 sets: no power of two" });
t.equal(new RateTable(RateTable.allocate(1 << 17, false)).capacity, 917_504);
