/** Time as the workers spend it: how long one tenant's crowd can hold up another, and who gets how much of a pool. */
import fc from "fast-check";
import t from "tap";
import type { TenantLane } from "../../src/router/upstream/tenant-lane.ts";
import { at, FakeRequest, lane, plainLane, UpstreamWorld } from "../support/upstream-world.ts";

const SERVICE_MS = 100;

/** Workers that take some time for each request; time jumps from one end of a request to the next. */
class Workers {
  readonly world: UpstreamWorld;
  nowMs = 0;
  readonly #serviceMs: () => number;
  #ends: { readonly atMs: number; readonly request: FakeRequest }[] = [];

  private constructor(world: UpstreamWorld, serviceMs: () => number) {
    this.world = world;
    this.#serviceMs = serviceMs;
  }

  static async start(slots: number, serviceMs: () => number): Promise<Workers> {
    const world = new UpstreamWorld(slots, [at("10.0.0.1")]);
    await world.pool.start();
    return new Workers(world, serviceMs);
  }

  /** Asks for one request; the result says when it began, or is still NaN. */
  ask(of: TenantLane, client = "192.0.2.1"): { startedMs: number; endedMs: number } {
    const times = { startedMs: Number.NaN, endedMs: Number.NaN };
    const request = new FakeRequest(of, client);
    const begin = () => {
      times.startedMs = this.nowMs;
      times.endedMs = this.nowMs + this.#serviceMs();
      this.#ends.push({ atMs: times.endedMs, request });
    };
    request.onGranted = begin;
    const outcome = this.world.acquire(request);
    if (outcome !== "queued" && outcome !== "queue_full") begin();
    return times;
  }

  /** Passes to the end of the request that ends next. */
  step(): void {
    this.#ends.sort((a, b) => a.atMs - b.atMs);
    const { atMs, request } = this.#ends.shift()!;
    this.nowMs = atMs;
    this.world.release(request);
  }
}

const many = (tenant: string, weight = 1) => {
  const made = lane(tenant, 1_000, 2_000, 1e9);
  made.update({ ...plainLane, inFlightMax: 1_000, queueMax: 2_000, queueTimeoutMs: 1e9, weight });
  return made;
};

const slot = fc.integer({ min: 1, max: 8 });
const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });
const seed = Date.now() % 2 ** 31;
t.comment(`seed ${seed}`);

t.test("whoever has nothing in flight waits for one request to end, whatever waits and weighs", async (t) => {
  const property = fc.asyncProperty(slot, weights, fc.nat(300), async (slots, crowds, before) => {
    const workers = await Workers.start(slots, () => SERVICE_MS);
    const lanes = crowds.map((weight, i) => many(`crowd-${i}`, weight));
    for (let k = 0; k < 1_000; k++) for (const crowd of lanes) workers.ask(crowd, `c${k % 7}`);
    // Each crowd had its one request ahead, too: those that come together take turns.
    for (let i = 0; i < crowds.length + before; i++) workers.step();
    const askedMs = workers.nowMs;
    const quiet = workers.ask(many("quiet"));
    for (let i = 0; i < slots; i++) workers.step();
    if (!(quiet.startedMs - askedMs <= SERVICE_MS)) throw new Error(`waited ${quiet.startedMs - askedMs} ms`);
  });
  await fc.assert(property, { seed, numRuns: 60 });
  t.pass("60 crowds");
});

t.test("one after the other, as people click, each waits for one service time at most", async (t) => {
  const workers = await Workers.start(1, () => SERVICE_MS);
  const [crowd, quiet] = [many("crowd"), many("quiet")];
  for (let i = 0; i < 1_000; i++) workers.ask(crowd, `c${i % 7}`);
  const waits: number[] = [];
  for (let i = 0; i < 200; i++) {
    const askedMs = workers.nowMs;
    const asked = workers.ask(quiet);
    while (!(asked.endedMs <= workers.nowMs)) workers.step();
    waits.push(asked.startedMs - askedMs);
  }
  t.ok(Math.max(...waits) <= SERVICE_MS, `at most ${Math.max(...waits)} ms`);
});

t.test("who waits all the time gets its weight's share, to a request a round", async (t) => {
  const property = fc.asyncProperty(slot, weights, async (slots, crowds) => {
    const workers = await Workers.start(slots, () => SERVICE_MS);
    const lanes = crowds.map((weight, i) => many(`crowd-${i}`, weight));
    const served = lanes.map((of) => Array.from({ length: 150 }, () => workers.ask(of)));
    const rounds = 5;
    const total = crowds.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < rounds * total; i++) workers.step();
    for (const [i, weight] of crowds.entries()) {
      const begun = served[i]!.filter(({ startedMs }) => !Number.isNaN(startedMs)).length;
      const fair = rounds * weight;
      // A request ahead, a turn that is not over, and slots that the first to come took while nobody waited.
      if (Math.abs(begun - fair) > weight + slots + 1) throw new Error(`weight ${weight}: ${begun}, not ${fair}`);
    }
  });
  await fc.assert(property, { seed, numRuns: 60 });
  t.pass("60 mixes");
});

t.test("who comes again and again does not starve who waits", async (t) => {
  const workers = await Workers.start(1, () => SERVICE_MS);
  const crowd = many("crowd");
  const waits = Array.from({ length: 50 }, () => workers.ask(crowd));
  const visitors = Array.from({ length: 5 }, (_, i) => many(`visitor-${i}`));
  for (let i = 0; i < 600; i++) {
    for (const visitor of visitors) if (visitor.queued + visitor.counts.inFlight === 0) workers.ask(visitor);
    workers.step();
  }
  const begun = waits.filter(({ startedMs }) => !Number.isNaN(startedMs)).length;
  t.equal(begun, 50, "one in six of what was served, and more than the half of that");
});
