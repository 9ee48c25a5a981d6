/** Counts that threads share, with real threads at them: one place is one place, and in the end all is given back. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import t from "tap";
import { SharedBudget } from "../../src/router/threads/shared-budget.ts";
import { SharedLanes } from "../../src/router/threads/shared-lanes.ts";
import { SharedPlaces } from "../../src/router/threads/shared-places.ts";
import type { CountThreadData, CountThreadResult } from "../support/count-thread.ts";

const PARTS = 3;
const ROUNDS = 2_000_000;
/** Room for one body of the threads. */
const BUDGET_BYTES = 48 * 1024;

t.test("two threads never have more than there is, and a third part's holdings can be given back", async (t) => {
  const places = new SharedPlaces(1, SharedPlaces.allocate(PARTS), 0);
  const lanes = new SharedLanes(PARTS, 0);
  const segment = lanes.allocate();
  lanes.add(segment);
  const budget = SharedBudget.allocate(PARTS);
  const shared = { places: places.memory, segment, budget, budgetBytes: BUDGET_BYTES };
  const start = new SharedArrayBuffer(4);
  const inside = new SharedArrayBuffer(16);
  places.slots = 2;
  t.ok(places.take(0), "the scheduler takes one of two");
  places.hand(0);

  const file = new URL("../support/count-thread.ts", import.meta.url);
  const workers = [1, 2].map((part) => {
    const data: CountThreadData = { part, parts: PARTS, rounds: ROUNDS, ...shared, start, inside };
    return new Worker(file, { workerData: data });
  });
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const results = workers.map((worker) => once(worker, "message"));
  Atomics.store(new Int32Array(start), 0, 1);
  Atomics.notify(new Int32Array(start), 0);
  const seen = (await Promise.all(results)).map(([result]) => result as CountThreadResult);
  for (const { taken, crowded, over } of seen) {
    t.ok(taken > 0, `it had its share: ${taken}`);
    t.equal(crowded, 0, "nobody else was inside");
    t.equal(over, 0, "the budget held");
  }

  t.equal(places.inFlight, 1, "but for the scheduler's all is given back");
  places.giveBack(0);
  t.equal(places.inFlight, 0);
  const counts = lanes.counts(7);
  t.equal(counts.inFlight, 0);
  t.equal(counts.ofRule(5), 0);
  t.equal(new SharedBudget(budget, 0).bytes, 0);
  t.ok(new SharedBudget(budget, 0).take(BUDGET_BYTES, BUDGET_BYTES), "no unit is lost");
});

t.test("what a dead part held is free again, and nothing of others", async (t) => {
  const memory = SharedPlaces.allocate(PARTS);
  const [dying, living] = [new SharedPlaces(1, memory, 1), new SharedPlaces(1, memory, 2)];
  dying.slots = 5;
  for (let i = 0; i < 3; i++) t.ok(dying.take(0));
  dying.takeRealtime();
  t.ok(living.take(0));
  living.takeRealtime();
  living.giveBack(1);
  t.strictSame([living.inFlight, living.realtime], [1, 1]);
  living.giveBack(1);
  t.strictSame([living.inFlight, living.realtime], [1, 1], "once");
});
