import t from "tap";
import { BodyStore } from "../../src/router/http1/body-store.ts";
import { systemSensors } from "../../src/router/load-sensors.ts";
import { generatedPlan } from "../support/generated-plan.ts";

const { bodies: storage, overload: settings } = generatedPlan(1).edge;
const INTERVAL_MS = 10;
const sensorsOf = (bodies = new BodyStore(storage)) =>
  systemSensors({ bodies, intervalMs: INTERVAL_MS, clients: () => 30, clientsMax: 40 });

/** Holds the thread, as work does. */
function work(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs; );
}

t.test("the loop's delay is a load when it lasts", async (t) => {
  const { event_loop: sensor } = sensorsOf();
  const calm = { ...settings, eventLoopDelayMs: 20 };
  work(INTERVAL_MS + 200);
  t.ok(sensor(calm) < 0.5, "once is nothing, however long");
  for (let i = 0; i < 20; i++) {
    work(INTERVAL_MS + 20);
    sensor(calm);
  }
  t.ok(sensor(calm) > 0.7);
  for (let i = 0; i < 40; i++) sensor(calm);
  t.ok(sensor(calm) < 0.1);
});

t.test("memory counts against the limit that is written", async (t) => {
  const rss = process.memoryUsage.rss();
  const load = sensorsOf().memory({ ...settings, memoryBytesMax: rss });
  t.ok(load > 0.5 && load < 2, `${load}`);
  const free = sensorsOf().memory(settings);
  t.ok(free > 0 && free < 0.8, `${free} of what the machine or the heap allows`);
});

t.test("disk by its budget, clients by the descriptors that they need", async (t) => {
  const bodies = new BodyStore(storage);
  bodies.disk.take(storage.diskBudgetBytes / 4, storage.diskBudgetBytes);
  t.equal(sensorsOf(bodies).disk(settings), 0.25);
  t.equal(sensorsOf(new BodyStore({ ...storage, diskBudgetBytes: 0 })).disk(settings), 0, "no disk is no load");
  t.equal(sensorsOf().descriptors(settings), 0.75);
});
