import type { RateLimit } from "../../src/policy/limits/gcra.ts";

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Less of a token than this may lack. */
const ROUNDING = 1e-6;

/** The plain version of rate limits: a map of buckets that are filled with tokens as time goes by. */
export class PlainBuckets {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes a token of each bucket or none at all: 0 when granted, else whole milliseconds until all have one. */
  take(asked: readonly (readonly [key: string, limit: RateLimit])[], nowMs: number): number {
    const buckets = asked.map(([key, limit]) => this.#filled(key, limit, nowMs));
    const waits = buckets.map(({ tokens }, i) => {
      const { perMs, requests } = asked[i]![1];
      return tokens >= 1 - ROUNDING ? 0 : Math.ceil(((1 - tokens - ROUNDING) * perMs) / requests);
    });
    const waitMs = Math.max(0, ...waits);
    if (waitMs === 0) for (const bucket of buckets) bucket.tokens -= 1;
    return waitMs;
  }

  #filled(key: string, limit: RateLimit, nowMs: number): Bucket {
    const known = this.#buckets.get(key) ?? { tokens: limit.burst, filledAtMs: nowMs };
    const refill = ((nowMs - known.filledAtMs) * limit.requests) / limit.perMs;
    const bucket = { tokens: Math.min(limit.burst, known.tokens + refill), filledAtMs: nowMs };
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
