/** Prints what acquiring and releasing a slot costs, in ns: `node bench/micro/upstream-pool.ts`. */
import { systemClock } from "../../src/core/clock.ts";
import type { Endpoint } from "../../src/router/upstream/endpoint.ts";
import { UpstreamPool } from "../../src/router/upstream/upstream-pool.ts";
import { at, FakeRequest, lane, plannedPool, settings } from "../../test/support/upstream-world.ts";

const ROUNDS = 2_000_000;
const REPEATS = 5;

function poolOf(endpoints: number): UpstreamPool {
  const ignore = () => undefined;
  const events = {
    added: ignore,
    removed: ignore,
    unresolved: ignore,
    addressRefused: ignore,
    ejected: ignore,
    restored: ignore,
    checked: ignore,
  };
  const addresses = Array.from({ length: endpoints }, (_, index) => at(`10.0.0.${index + 1}`));
  const pool = new UpstreamPool(plannedPool(8, addresses), settings, {
    clock: systemClock,
    random: Math.random,
    resolve: async () => [],
    check: async () => "fine",
    events,
  });
  void pool.start();
  return pool;
}

/** A slot is free: the common case. */
function free(pool: UpstreamPool): void {
  const request = new FakeRequest(lane("acme"));
  for (let i = 0; i < ROUNDS; i++) {
    const endpoint = pool.acquire(request) as Endpoint;
    pool.succeeded(endpoint);
    pool.release(request, endpoint);
  }
}

/** All slots are taken, and each release hands its slot to one of a hundred that wait. */
function contended(pool: UpstreamPool): void {
  const lanes = Array.from({ length: 20 }, (_, index) => lane(`tenant-${index}`));
  const granted: FakeRequest[] = [];
  const enter = (request: FakeRequest) => {
    const outcome = pool.acquire(request);
    if (typeof outcome === "string") return;
    request.endpoint = outcome;
    granted.push(request);
  };
  for (let i = 0; i < 180; i++) {
    const request = new FakeRequest(lanes[i % 20]!, `client ${i % 50}`);
    request.onGranted = () => granted.push(request);
    enter(request);
  }
  for (let i = 0; i < ROUNDS; i++) {
    const request = granted.pop()!;
    pool.release(request, request.endpoint!);
    enter(request);
  }
}

function report(name: string, endpoints: number, run: (pool: UpstreamPool) => void): void {
  const figures = Array.from({ length: REPEATS }, () => {
    const pool = poolOf(endpoints);
    const startMs = performance.now();
    run(pool);
    return ((performance.now() - startMs) * 1e6) / ROUNDS;
  });
  console.log(`${name}, ${endpoints} endpoints: ${Math.min(...figures).toFixed(0)} ns per request`);
}

for (const endpoints of [1, 2, 8]) report("a slot is free", endpoints, free);
for (const endpoints of [1, 8]) report("all slots are taken", endpoints, contended);
