import t from "tap";
import { afterTaking, type RateLimit, remaining, underLimit, waitMs } from "../../src/policy/limits/gcra.ts";

const tenPerSecond: RateLimit = { requests: 10, perMs: 1000, burst: 3 };
const onePerMinute: RateLimit = { requests: 1, perMs: 60_000, burst: 1 };

/** Waits for one request at each of these times, in order. */
function waits(limit: RateLimit, timesMs: readonly number[]): readonly number[] {
  let tatMs = 0;
  return timesMs.map((nowMs) => {
    tatMs = underLimit(tatMs, limit, nowMs);
    const wait = waitMs(tatMs, limit, nowMs);
    if (wait === 0) tatMs = afterTaking(tatMs, limit, nowMs);
    return wait;
  });
}

const rows: ReadonlyArray<
  readonly [rule: string, limit: RateLimit, timesMs: readonly number[], want: readonly number[]]
> = [
  ["a bucket starts full", tenPerSecond, [0, 0, 0], [0, 0, 0]],
  ["beyond the burst it says how long", tenPerSecond, [0, 0, 0, 0], [0, 0, 0, 100]],
  ["a refusal costs nothing", tenPerSecond, [0, 0, 0, 0, 50, 100], [0, 0, 0, 100, 50, 0]],
  ["it refills at its rate", tenPerSecond, [0, 0, 0, 100, 100, 200], [0, 0, 0, 0, 100, 0]],
  ["it never holds more than its burst", tenPerSecond, [0, 9000, 9000, 9000, 9000], [0, 0, 0, 0, 100]],
  ["a wait is whole milliseconds, rounded up", tenPerSecond, [0, 0, 0, 0.5], [0, 0, 0, 100]],
  ["waiting as told is enough", onePerMinute, [0, 1, 60_000], [0, 59_999, 0]],
  ["fractions add up", tenPerSecond, [0, 0, 0, 33.3, 66.6, 99.9, 100], [0, 0, 0, 67, 34, 1, 0]],
  ["a present that is behind refills nothing", tenPerSecond, [1000, 1000, 1000, 500, 1000], [0, 0, 0, 600, 100]],
  ["the rate holds over a day", { requests: 7, perMs: 1000, burst: 1 }, [0, 8.64e7, 8.64e7], [0, 0, 143]],
];
for (const [rule, limit, timesMs, want] of rows) t.strictSame(waits(limit, timesMs), want, rule);

const left: ReadonlyArray<readonly [rule: string, tatMs: number, nowMs: number, want: number]> = [
  ["a full bucket", 0, 1000, 3],
  ["one request taken", 1100, 1000, 2],
  ["a part of one is none", 1150, 1000, 1],
  ["an empty one", 1300, 1000, 0],
  ["what another limit left", 9000, 1000, 0],
  ["a hair less than one", 1200 + 1e-9, 1000, 1],
];
for (const [rule, tatMs, nowMs, want] of left) t.equal(remaining(tatMs, tenPerSecond, nowMs), want, rule);

t.equal(
  underLimit(70_000, tenPerSecond, 0),
  1300,
  "a debt of a slow limit is an empty bucket of the fast one, and a second",
);
t.equal(underLimit(1300, tenPerSecond, 0), 1300, "a debt within the limit stays");
