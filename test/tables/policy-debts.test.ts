import t from "tap";
import { adopt, chargeOf, type Debt, Debts, take, waitMs } from "../../src/policy/limits/debts.ts";
import type { RateLimit } from "../../src/policy/limits/gcra.ts";

const tenPerSecond: RateLimit = { requests: 10, perMs: 1000, burst: 3 };
const fresh = (limit = tenPerSecond): Debt => new Debts(10).of("acme", "app", "a", limit);

/** Waits for one request at each of these times, in order; what is granted is taken. */
function waits(timesMs: readonly number[]): number[] {
  const debt = fresh();
  return timesMs.map((nowMs) => {
    const wait = waitMs(debt, nowMs);
    if (wait === 0) take(debt, 1, nowMs);
    return wait;
  });
}

const rows: ReadonlyArray<readonly [rule: string, timesMs: readonly number[], want: readonly number[]]> = [
  ["a bucket starts full", [0, 0, 0], [0, 0, 0]],
  ["beyond the burst it says how long", [0, 0, 0, 0], [0, 0, 0, 100]],
  ["a refusal costs nothing", [0, 0, 0, 0, 50, 100], [0, 0, 0, 100, 50, 0]],
  ["it fills at its rate", [0, 0, 0, 100, 100, 200], [0, 0, 0, 0, 100, 0]],
  ["it never holds more than its burst", [0, 9000, 9000, 9000, 9000], [0, 0, 0, 0, 100]],
  ["fractions add up", [0, 0, 0, 33.3, 66.6, 99.9, 100], [0, 0, 0, 67, 34, 1, 0]],
];
for (const [rule, timesMs, want] of rows) t.same(waits(timesMs), want, rule);

t.test("what the store says is adopted where it is later", async (t) => {
  const debt = fresh();
  take(debt, 1, 1000);
  adopt(debt, 50, 1000);
  t.equal(debt.fullAtMs, 1100, "less than what is known here forgives nothing");
  adopt(debt, 300, 1000);
  t.equal(debt.fullAtMs, 1300);
  debt.untold = 2;
  adopt(debt, 300, 1000);
  t.equal(debt.fullAtMs, 1500, "what was taken since it was asked comes on top");
});

t.test("what is told to the store", async (t) => {
  const debt = fresh();
  for (let i = 0; i < 3; i++) take(debt, 1, 1000);
  debt.untold = 3;
  debt.untoldSinceMs = 1000;
  t.strictSame(chargeOf(debt, 1040, 1000), { count: 3, ageMs: 40 }, "news: all of it, with its age");
  t.strictSame(chargeOf(debt, 1000, -1), { count: 3, ageMs: 0 }, "kept back: what the bucket still lacks");
  debt.untold = 50;
  t.strictSame(chargeOf(debt, 1150, 100), { count: 2, ageMs: 0 }, "rounded up");
  t.strictSame(chargeOf(debt, 9000, 100), { count: 0, ageMs: 0 }, "and nothing once it is full again");
});

t.test("the bucket used least recently is forgotten", async (t) => {
  const debts = new Debts(2);
  const of = (client: string) => debts.of("acme", "app", client, tenPerSecond);
  const [a, b] = [of("a"), of("b")];
  t.equal(of("a"), a);
  of("c");
  t.equal(debts.size, 2);
  t.equal(of("a"), a);
  t.not(of("b"), b);
});
