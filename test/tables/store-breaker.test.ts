import t from "tap";
import { Breaker } from "../../src/router/limits/breaker.ts";
import { storeFaultOf } from "../../src/router/limits/store.ts";

/** `random` of a half: no jitter. */
const breaker = () => new Breaker(() => 0.5);
const failing = (of: Breaker, times: number, nowMs: number) => Array.from({ length: times }, () => of.failed(nowMs));

t.test("it opens at the fifth failure in a row, once", async (t) => {
  const of = breaker();
  t.strictSame(failing(of, 4, 0), [false, false, false, false]);
  t.equal(of.succeeded(), false);
  t.strictSame(failing(of, 6, 0), [false, false, false, false, true, false]);
  t.equal(of.open, true);
});

t.test("one trial at a time, each later than the one before", async (t) => {
  const of = breaker();
  failing(of, 5, 0);
  t.equal(of.beginTrial(199), false);
  t.equal(of.beginTrial(200), true);
  t.equal(of.beginTrial(201), false, "the first still runs");
  of.failed(210);
  t.equal(of.beginTrial(609), false);
  t.equal(of.beginTrial(610), true);
  let now = 610;
  for (let i = 0; i < 20; i++) of.failed(now);
  now += 5_000;
  t.equal(of.beginTrial(now - 1), false);
  t.equal(of.beginTrial(now), true, "at most five seconds");
  t.equal(of.succeeded(), true);
  t.equal(of.open, false);
  t.equal(of.beginTrial(now), false, "a closed one needs none");
});

t.test("replicas do not come together", async (t) => {
  const early = new Breaker(() => 0);
  const late = new Breaker(() => 0.999);
  for (const each of [early, late]) failing(each, 5, 0);
  t.strictSame([early.beginTrial(150), late.beginTrial(150), late.beginTrial(250)], [true, false, true]);
});

const faults: ReadonlyArray<readonly [message: string, fault: string]> = [
  ["READONLY You can't write against a read only replica. script: 1, on @user_script:1.", "read_only"],
  ["OOM command not allowed when used memory > 'maxmemory'.", "out_of_memory"],
  ["MISCONF Redis is configured to save RDB snapshots", "out_of_memory"],
  ["LOADING Redis is loading the dataset in memory", "loading"],
  ["BUSY Redis is busy running a script.", "loading"],
  ["NOPERM User edge has no permissions to run the 'evalsha' command", "denied"],
  ["ERR The user executing the script can't run this command or subcommand script: 1", "denied"],
  ["WRONGPASS invalid username-password pair or user is disabled.", "denied"],
  ["NOAUTH Authentication required.", "denied"],
  ["CLUSTERDOWN The cluster is down", "cluster"],
  ["Too many Cluster redirections. Last error: MOVED", "cluster"],
  ["Connection is closed.", "lost"],
  ["connect ECONNREFUSED 127.0.0.1:6379", "lost"],
  ["All sentinels are unreachable. Retrying from scratch after 100ms.", "lost"],
  ["self-signed certificate", "other"],
];
for (const [message, fault] of faults) t.equal(storeFaultOf(new Error(message)), fault, message);
t.equal(storeFaultOf(undefined), "other");
