import t from "tap";
import { type RateLimit, TokenBuckets } from "../../src/policy/limits/token-bucket.ts";

const tenPerSecond: RateLimit = { requests: 10, perMs: 1000, burst: 3 };
const onePerMinute: RateLimit = { requests: 1, perMs: 60_000, burst: 1 };

/** Waits for one request at each of these times, in order. */
function waits(limit: RateLimit, timesMs: readonly number[]): readonly number[] {
  const buckets = new TokenBuckets(10);
  return timesMs.map((nowMs) => buckets.take("a", limit, nowMs));
}

const rows: ReadonlyArray<
  readonly [rule: string, limit: RateLimit, timesMs: readonly number[], want: readonly number[]]
> = [
  ["a bucket starts full", tenPerSecond, [0, 0, 0], [0, 0, 0]],
  ["beyond the burst it says how long", tenPerSecond, [0, 0, 0, 0], [0, 0, 0, 100]],
  ["a refusal costs no token", tenPerSecond, [0, 0, 0, 0, 50, 100], [0, 0, 0, 100, 50, 0]],
  ["it refills at its rate", tenPerSecond, [0, 0, 0, 100, 100, 200], [0, 0, 0, 0, 100, 0]],
  ["it never holds more than its burst", tenPerSecond, [0, 9000, 9000, 9000, 9000], [0, 0, 0, 0, 100]],
  ["a wait is whole milliseconds, rounded up", tenPerSecond, [0, 0, 0, 0.5], [0, 0, 0, 100]],
  ["waiting as told is enough", onePerMinute, [0, 1, 60_000], [0, 59_999, 0]],
  ["fractions add up to a token", tenPerSecond, [0, 0, 0, 33.3, 66.6, 99.9, 100], [0, 0, 0, 67, 34, 1, 0]],
  ["a step back refills nothing", tenPerSecond, [1000, 1000, 1000, 500, 600], [0, 0, 0, 100, 0]],
];
for (const [rule, limit, timesMs, want] of rows) t.same(waits(limit, timesMs), want, rule);

t.test("keys have buckets of their own", async (t) => {
  const buckets = new TokenBuckets(10);
  t.equal(buckets.take("a", onePerMinute, 0), 0, "one client");
  t.equal(buckets.take("b", onePerMinute, 0), 0, "another client");
  t.equal(buckets.take("__proto__", onePerMinute, 0), 0, "a key may have any name");
  t.equal(buckets.take("a", onePerMinute, 0), 60_000, "the first is empty");
});

t.test("two buckets give both tokens or none", async (t) => {
  const buckets = new TokenBuckets(10);
  t.equal(buckets.takeBoth("tenant", onePerMinute, "client", tenPerSecond, 0), 0, "both grant");
  t.equal(buckets.takeBoth("tenant", onePerMinute, "client", tenPerSecond, 0), 60_000, "the tenant's is empty");
  t.equal(buckets.takeBoth("tenant2", onePerMinute, "client", tenPerSecond, 0), 0, "the client lost one token");
  t.equal(buckets.take("client", tenPerSecond, 0), 0, "so one is left");
  t.equal(buckets.takeBoth("tenant3", onePerMinute, "client", tenPerSecond, 0), 100, "the client's is empty");
  t.equal(buckets.take("tenant3", onePerMinute, 0), 0, "which cost the tenant nothing");
});

t.test("a limit may change", async (t) => {
  const buckets = new TokenBuckets(10);
  for (let i = 0; i < 2; i++) buckets.take("a", { requests: 1, perMs: 1000, burst: 100 }, 0);
  t.equal(buckets.take("a", { requests: 1, perMs: 1000, burst: 1 }, 0), 0, "a smaller burst leaves one token");
  t.equal(buckets.take("a", { requests: 1, perMs: 1000, burst: 1 }, 0), 1000, "and no more");
  t.equal(buckets.take("a", { requests: 1000, perMs: 1000, burst: 50 }, 1), 0, "a greater rate counts at once");
});

t.test("at the maximum the bucket unused longest is forgotten", async (t) => {
  const buckets = new TokenBuckets(2);
  buckets.take("a", onePerMinute, 0);
  buckets.take("b", onePerMinute, 0);
  buckets.take("a", onePerMinute, 0);
  buckets.take("c", onePerMinute, 0);
  t.equal(buckets.take("a", onePerMinute, 0), 60_000, "the one in use is kept");
  t.equal(buckets.take("b", onePerMinute, 0), 0, "the other starts full");
});
