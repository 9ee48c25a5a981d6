// Cost of one decision on a tenant's and a client's limit, of clients seen before and of ever new ones, and its garbage.
import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { allocateRates, RateLimits, tenantId } from "../../src/policy/limits/rate-limits.ts";
import { drawRateKeys } from "../../src/router/rate-keys.ts";

const ROUNDS = 2_000_000;
const ADDRESSES = 1 << 16;
const perTenant = { requests: 1_000_000, perMs: 1000, burst: 1_000_000 };
const perClient = { requests: 100, perMs: 1000, burst: 200 };

const rates = new RateLimits(allocateRates(drawRateKeys(), { shared: true }));
const tenants = Array.from({ length: 64 }, (_, i) => tenantId(`tenant-${i}`));
const addresses = Array.from({ length: ADDRESSES }, (_, i) =>
  i % 4 === 0 ? `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::1` : `10.1.${i >> 8}.${i & 255}`,
);

let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ["gc"] });

/** A young generation fills with 1 to 16 MiB: without garbage there is no collection in millions of decisions. */
async function measure(name: string, clients: number): Promise<void> {
  for (let pass = 0; pass < 3; pass++) {
    await turn();
    collections = 0;
    const start = performance.now();
    let refused = 0;
    for (let i = 0; i < ROUNDS; i++) {
      rates.nowMs = start + i / 1000;
      const wait = rates.take(tenants[i & 63]!, 5, addresses[i % clients]!, perTenant, perClient);
      if (wait > 0) refused++;
    }
    const ns = ((performance.now() - start) * 1e6) / ROUNDS;
    await turn();
    console.log(`${name}: ${ns.toFixed(0)} ns, ${collections} collections, ${refused} refused`);
  }
}

await measure("16 clients", 16);
await measure("65,536 clients", ADDRESSES);
