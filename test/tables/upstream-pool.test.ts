import t from "tap";
import type { Endpoint } from "../../src/router/upstream/endpoint.ts";
import { at, FakeRequest, lane, plainLane, plannedPool, settings, UpstreamWorld } from "../support/upstream-world.ts";

const A = at("10.0.0.1");
const B = at("10.0.0.2");
const C = at("10.0.0.3");

async function started(workers: number, endpoints = [A]): Promise<UpstreamWorld> {
  const world = new UpstreamWorld(workers, endpoints);
  await world.pool.start();
  return world;
}

type Limits = readonly [inFlightMax: number, queueMax: number];
const admissions: ReadonlyArray<
  readonly [rule: string, workers: number, endpoints: number, limits: Limits, requests: number, want: string]
> = [
  ["an endpoint has as many in flight as it has workers", 2, 1, [9, 9], 4, "served 2, queued 2, queue_full 0"],
  ["endpoints add up", 2, 3, [9, 9], 7, "served 6, queued 1, queue_full 0"],
  ["a tenant has no more in flight than its tier allows", 8, 1, [3, 9], 5, "served 3, queued 2, queue_full 0"],
  ["a tenant's queue has an end", 1, 1, [9, 2], 5, "served 1, queued 2, queue_full 2"],
  ["without a queue a tenant is refused at its limit", 8, 1, [1, 0], 2, "served 1, queued 0, queue_full 1"],
  ["the pool's queue has an end", 1, 1, [9, 9_999], 600, "served 1, queued 512, queue_full 87"],
];
for (const [rule, workers, endpoints, [inFlightMax, queueMax], requests, want] of admissions) {
  t.test(rule, async (t) => {
    const world = await started(workers, [A, B, C].slice(0, endpoints));
    const tenant = lane("acme", inFlightMax, queueMax);
    const outcomes = Array.from({ length: requests }, () => world.acquire(new FakeRequest(tenant)));
    const count = (outcome: string) => outcomes.filter((given) => given === outcome).length;
    const served = requests - count("queued") - count("queue_full");
    t.equal(`served ${served}, queued ${count("queued")}, queue_full ${count("queue_full")}`, want);
  });
}

t.test("a tenant that has nothing waiting gets into a queue that others filled, once", async (t) => {
  const world = await started(1);
  const crowd = lane("crowd", 1, 9_999);
  for (let i = 0; i < 600; i++) world.acquire(new FakeRequest(crowd));
  const quiet = lane("quiet");
  t.equal(world.acquire(new FakeRequest(quiet)), "queued");
  t.equal(world.acquire(new FakeRequest(quiet)), "queue_full");
});

t.test("a request that ends lets the next one in", async (t) => {
  const world = await started(1);
  const tenant = lane("acme");
  const [first, second, third] = [new FakeRequest(tenant), new FakeRequest(tenant), new FakeRequest(tenant)];
  t.same(
    [first, second, third].map((request) => world.acquire(request)),
    ["10.0.0.1:8069", "queued", "queued"],
  );
  world.release(first);
  t.equal(second.endpoint?.label, "10.0.0.1:8069", "in order");
  t.equal(third.endpoint, null, "one at a time");
  t.match(tenant, { counts: { inFlight: 1 }, queued: 1 });
  world.release(second);
  world.release(third);
  t.match(tenant, { counts: { inFlight: 0 }, queued: 0 });
  t.equal(world.pool.report()[0]!.inFlight, 0);
});

t.test("whoever left the queue is passed over and never told", async (t) => {
  const world = await started(1);
  const tenant = lane("acme");
  const [first, second, third] = [new FakeRequest(tenant), new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of [first, second, third]) world.acquire(request);
  world.pool.cancel(second);
  world.pool.cancel(second);
  t.equal(world.pool.depth, 1);
  world.release(first);
  await world.pass(5_000);
  t.match([second.endpoint, second.refusal], [null, null]);
  t.ok(third.endpoint);
});

t.test("waiting ends at the deadline that the tenant had when it began", async (t) => {
  const world = await started(1);
  const tenant = lane("acme", 9, 9, 1_000);
  const [first, second] = [new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of [first, second]) world.acquire(request);
  tenant.update({ ...plainLane, inFlightMax: 9, queueMax: 9, queueTimeoutMs: 1 });
  await world.pass(999);
  t.equal(second.refusal, null);
  await world.pass(1);
  t.equal(second.refusal, "queue_timeout");
  t.equal(world.pool.depth, 0);
  world.release(first);
  t.equal(second.endpoint, null, "and is not granted afterwards");
});

t.test("a request may end while it is being granted, however many wait behind it", async (t) => {
  const world = await started(20);
  const tenant = lane("acme", 20, 9_999);
  const first = Array.from({ length: 20 }, () => new FakeRequest(tenant));
  for (const request of first) world.acquire(request);
  const waiting = Array.from({ length: 9_000 }, () => new FakeRequest(tenant));
  let granted = 0;
  for (const request of waiting) {
    request.onGranted = () => {
      granted++;
      world.release(request);
    };
    world.acquire(request);
  }
  world.release(first[0]!);
  t.equal(granted, 9_000);
  t.match(tenant, { counts: { inFlight: 19 }, queued: 0 });
});

t.test("who comes does not overtake who waits, not even when the limit was just raised", async (t) => {
  const world = await started(4);
  const tenant = lane("acme", 1, 9);
  const [first, second, third] = [new FakeRequest(tenant), new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of [first, second]) world.acquire(request);
  tenant.update({ ...plainLane, inFlightMax: 2, queueMax: 9, queueTimeoutMs: 1_000 });
  t.equal(world.acquire(third), "queued");
  await world.pass(0);
  t.match([second.endpoint?.ip, third.endpoint], ["10.0.0.1", null]);
});

t.test("a raised limit lets those in that waited for it", async (t) => {
  const world = await started(4);
  const tenant = lane("acme", 1, 9);
  const requests = [new FakeRequest(tenant), new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of requests) world.acquire(request);
  tenant.update({ ...plainLane, inFlightMax: 2, queueMax: 9, queueTimeoutMs: 1_000 });
  world.pool.update(plannedPool(4, [A]), settings);
  t.same(
    requests.map((request) => request.endpoint !== null),
    [true, true, false],
  );
});

t.test("workers that call back", async (t) => {
  const world = await started(2);
  const tenant = lane("acme", 2, 9);
  const reports = [new FakeRequest(tenant), new FakeRequest(tenant), new FakeRequest(tenant)];
  t.same(
    reports.map((request) => world.acquire(request)),
    ["10.0.0.1:8069", "10.0.0.1:8069", "queued"],
  );
  const assets = Array.from({ length: 12 }, () => new FakeRequest(tenant, "10.0.0.1", "internal"));
  t.same([...new Set(assets.map((request) => world.acquire(request)))], ["10.0.0.1:8069"], "pass the full slots");
  t.equal(world.acquire(new FakeRequest(tenant, "10.0.0.1", "internal")), "queue_full", "but not without end");
  t.match(tenant, { counts: { inFlight: 2 }, queued: 1 }, "and are not counted against the tenant");
  for (const request of assets) world.release(request);
  t.equal(reports[2]!.endpoint, null, "nor do they free a slot that was not theirs");
  world.release(reports[0]!);
  t.ok(reports[2]!.endpoint);
});

t.test("another endpoint after a failed connect", async (t) => {
  const world = await started(1, [A, B, C]);
  const tenant = lane("acme");
  const request = new FakeRequest(tenant);
  world.acquire(request);
  const seen: (Endpoint | "connect_failure")[] = [request.endpoint!];
  for (let i = 0; i < 2; i++) seen.push(world.pool.another(seen.at(-1) as Endpoint, request));
  t.equal(new Set(seen).size, 3, "is never one that the request had");
  t.same(
    world.pool
      .report()
      .map((row) => row.inFlight)
      .toSorted(),
    [0, 0, 1],
    "and only the last one is held",
  );
  t.equal(world.pool.another(seen.at(-1) as Endpoint, request), "connect_failure", "until there is none");
  t.same(
    world.pool.report().map((row) => row.inFlight),
    [0, 0, 0],
    "and then nothing is held",
  );
  t.match([tenant.counts.inFlight, request.tried], [0, null]);
});

t.test("another endpoint has a slot free", async (t) => {
  const world = await started(1, [A, B]);
  const tenant = lane("acme");
  const [first, second] = [new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of [first, second]) world.acquire(request);
  t.equal(world.pool.another(first.endpoint!, first), "connect_failure");
});

t.test("moving to another endpoint frees the slot on the first", async (t) => {
  const world = await started(1, [A, B]);
  const tenant = lane("acme");
  const request = new FakeRequest(tenant);
  const failed = world.acquire(request);
  world.pool.another(request.endpoint!, request);
  t.equal(world.acquire(new FakeRequest(tenant)), failed);
  t.equal(world.acquire(new FakeRequest(tenant)), "queued");
});

t.test("a pool that is closed refuses those that wait and those that come", async (t) => {
  const world = await started(1);
  const tenant = lane("acme");
  const [first, second] = [new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of [first, second]) world.acquire(request);
  world.pool.close();
  t.equal(second.refusal, "no_healthy_upstream");
  t.equal(world.acquire(new FakeRequest(tenant)), "no_healthy_upstream");
  world.release(first);
  t.match(tenant, { counts: { inFlight: 0 }, queued: 0 });
});

t.test("realtime takes no slot and spreads by what is open", async (t) => {
  const world = await started(1, [A, B]);
  const held = Array.from({ length: 4 }, () => world.pool.acquireRealtime() as Endpoint);
  t.same(
    world.pool.report().map((row) => [row.realtime, row.inFlight]),
    [
      [2, 0],
      [2, 0],
    ],
  );
  for (const endpoint of held) world.pool.releaseRealtime(endpoint);
  t.same(
    world.pool.report().map((row) => row.realtime),
    [0, 0],
  );
});
