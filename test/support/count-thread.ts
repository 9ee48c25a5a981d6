/** A thread of `shared-counts.test.ts`: takes and gives back as fast as it can, and counts what should never be. */
import { parentPort, workerData } from "node:worker_threads";
import { SharedBudget } from "../../src/router/threads/shared-budget.ts";
import { SharedLanes } from "../../src/router/threads/shared-lanes.ts";
import { SharedPlaces } from "../../src/router/threads/shared-places.ts";

export interface CountThreadData {
  readonly part: number;
  readonly parts: number;
  /** Rounds that each thread makes at least; the one that is ahead goes on until the other has made them, too. */
  readonly rounds: number;
  readonly places: SharedArrayBuffer;
  readonly segment: SharedArrayBuffer;
  readonly budget: SharedArrayBuffer;
  readonly budgetBytes: number;
  /** Words that say who is inside: [0] has a place, [1] has a lane; then the rounds of each thread. */
  readonly inside: SharedArrayBuffer;
  /** Its first word starts all threads. */
  readonly start: SharedArrayBuffer;
}

/** What one thread saw. */
export interface CountThreadResult {
  /** Times that it was inside, and that it was not alone there. */
  readonly taken: number;
  readonly crowded: number;
  /** Times that the budget was over its maximum. */
  readonly over: number;
}

const data = workerData as CountThreadData;
const { part, parts, rounds, budgetBytes } = data;
const places = new SharedPlaces(1, data.places, part);
const lanes = new SharedLanes(parts, part);
lanes.add(data.segment);
const counts = lanes.counts(7);
const budget = new SharedBudget(data.budget, part);
const inside = new Int32Array(data.inside);
const ROUNDS_OF = 1;
const RULE = 5;
const BODY_BYTES = 30_000;

/** Whether nobody else is inside while this thread is. */
function alone(word: number): boolean {
  const before = Atomics.add(inside, word, 1);
  const after = Atomics.sub(inside, word, 1);
  return before === 0 && after === 1;
}

let [taken, crowded, over] = [0, 0, 0];
parentPort!.postMessage("ready");
Atomics.wait(new Int32Array(data.start), 0, 0);
while (Atomics.load(inside, ROUNDS_OF + 1) < rounds || Atomics.load(inside, ROUNDS_OF + 2) < rounds) {
  Atomics.add(inside, ROUNDS_OF + part, 1);
  if (places.take(0)) {
    taken++;
    if (!alone(0)) crowded++;
    places.leave();
  }
  if (counts.enter(1, RULE, 9)) {
    if (!alone(1)) crowded++;
    counts.leave(RULE);
  }
  if (budget.take(BODY_BYTES, budgetBytes)) {
    if (budget.bytes > budgetBytes) over++;
    budget.give(BODY_BYTES);
  }
}
parentPort!.postMessage({ taken, crowded, over } satisfies CountThreadResult);
