/**
 * Prints what acquiring and releasing a slot costs a thread that serves beside others, in ns: `node bench/micro/thread-pool.ts`.
 * Alone, and with another thread that does the same at the same endpoint, for another tenant and for the same one.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { PoolInThread } from "../../src/router/threads/pool-in-thread.ts";
import { Pressure } from "../../src/router/threads/pressure.ts";
import { SharedLanes } from "../../src/router/threads/shared-lanes.ts";
import { SharedPlaces } from "../../src/router/threads/shared-places.ts";
import type { Endpoint } from "../../src/router/upstream/endpoint.ts";
import { TenantLane } from "../../src/router/upstream/tenant-lane.ts";
import { FakeRequest, plainLane } from "../../test/support/upstream-world.ts";

const PARTS = 3;
const ROUNDS = 1_000_000;
const REPEATS = 5;
const SLOTS = 1_000;

interface Memory {
  readonly pressure: SharedArrayBuffer;
  readonly places: SharedArrayBuffer;
  readonly segment: SharedArrayBuffer;
}

/** A pool of one endpoint as the thread of `part` sees it, and a request of the tenant at `place`. */
function standIn(memory: Memory, part: number, place: number) {
  const line = { tell: () => {} };
  const pressure = new Pressure(memory.pressure);
  const pool = new PoolInThread({ id: 1, part, pressure, line, random: Math.random });
  const at = { address: "10.0.0.1", ip: "10.0.0.1", httpPort: 8069, realtimePort: 8072 };
  pool.opened([{ id: 1, ...at, memory: memory.places }], SLOTS);
  const lanes = new SharedLanes(PARTS, part);
  lanes.add(memory.segment);
  return { pool, request: new FakeRequest(new TenantLane("acme", plainLane, lanes.counts(place))) };
}

function run({ pool, request }: ReturnType<typeof standIn>): void {
  for (let i = 0; i < ROUNDS; i++) {
    const endpoint = pool.acquire(request) as Endpoint;
    pool.succeeded(endpoint);
    pool.release(request, endpoint);
  }
}

function allocated(): Memory {
  const places = new SharedPlaces(1, SharedPlaces.allocate(PARTS), 0);
  places.slots = SLOTS;
  return { pressure: Pressure.allocate(PARTS), places: places.memory, segment: new SharedLanes(PARTS, 0).allocate() };
}

function measure(name: string, memory: Memory): void {
  const mine = standIn(memory, 1, 0);
  run(mine);
  const startMs = performance.now();
  for (let i = 0; i < REPEATS; i++) run(mine);
  const nanos = ((performance.now() - startMs) * 1e6) / (ROUNDS * REPEATS);
  console.log(`${name}: ${nanos.toFixed(0)} ns per request`);
}

if (isMainThread) {
  const memory = allocated();
  measure("alone", memory);
  for (const [name, place] of [
    ["beside a thread with another tenant", 1],
    ["beside a thread with the same tenant", 0],
  ] as const) {
    const other = new Worker(import.meta.filename, { workerData: { memory, place } });
    await new Promise((resolve) => other.once("message", resolve));
    measure(name, memory);
    await other.terminate();
  }
} else {
  const other = standIn(workerData.memory, 2, workerData.place);
  parentPort!.postMessage("runs");
  for (;;) run(other);
}
