import type { RateLimit } from "../../src/policy/limits/gcra.ts";
import { allocateRates, type RateLimits, type RateMemory, tenantId } from "../../src/policy/limits/rate-limits.ts";

/** Memory of few sets, with keys that are no secret: every run puts the same keys in the same sets. */
export function rateMemory(clientSets = 64, tenantSets = 16, shared = true): RateMemory {
  return allocateRates({ place: { k0: 1, k1: 2 }, login: { k0: 3, k1: 4 } }, { shared, clientSets, tenantSets });
}

/** What a request is counted by. */
export interface Asked {
  readonly tenant?: string;
  readonly address?: string;
  readonly perTenant?: RateLimit | null;
  readonly perClient?: RateLimit | null;
}

/** Takes one request at `nowMs`: its wait in milliseconds. */
export function take(rates: RateLimits, asked: Asked, nowMs: number): number {
  const { tenant = "acme", address = "203.0.113.1", perTenant = null, perClient = null } = asked;
  rates.nowMs = nowMs;
  return rates.take(tenantId(tenant), 1, address, perTenant, perClient);
}
