import { LRUCache } from "lru-cache";

/** A rate: `requests` per `perMs` milliseconds on average, up to `burst` at once. All are at least 1. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Refills are sums of fractions: a token may lack this much and count as one. */
const ROUNDING = 1e-9;

/**
 * Token buckets by key, in bounded memory.
 *
 * Keys come from clients' addresses, so at `bucketsMax` the bucket that was used least recently is forgotten and
 * starts full when it is seen again. A limit may change between two calls: the bucket keeps its tokens up to the new
 * burst. Times are monotonic milliseconds handed in; a step back refills nothing.
 */
export class TokenBuckets {
  readonly #buckets: LRUCache<string, Bucket>;

  constructor(bucketsMax: number) {
    this.#buckets = new LRUCache({ max: bucketsMax });
  }

  /** Takes one token: 0 when granted, else whole milliseconds until one is there. */
  take(key: string, limit: RateLimit, nowMs: number): number {
    const bucket = this.#filled(key, limit, nowMs);
    const waitMs = waitFor(bucket, limit);
    if (waitMs === 0) bucket.tokens -= 1;
    return waitMs;
  }

  /** Takes one token of each or none at all: 0 when both were granted, else the longer wait. */
  takeBoth(firstKey: string, firstLimit: RateLimit, secondKey: string, secondLimit: RateLimit, nowMs: number): number {
    const first = this.#filled(firstKey, firstLimit, nowMs);
    const second = this.#filled(secondKey, secondLimit, nowMs);
    const waitMs = Math.max(waitFor(first, firstLimit), waitFor(second, secondLimit));
    if (waitMs > 0) return waitMs;
    first.tokens -= 1;
    second.tokens -= 1;
    return 0;
  }

  #filled(key: string, limit: RateLimit, nowMs: number): Bucket {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      const full = { tokens: limit.burst, filledAtMs: nowMs };
      this.#buckets.set(key, full);
      return full;
    }
    const passedMs = Math.max(0, nowMs - bucket.filledAtMs);
    bucket.tokens = Math.min(limit.burst, bucket.tokens + (passedMs * limit.requests) / limit.perMs);
    bucket.filledAtMs = nowMs;
    return bucket;
  }
}

function waitFor(bucket: Bucket, limit: RateLimit): number {
  const missing = 1 - bucket.tokens;
  return missing <= ROUNDING ? 0 : Math.ceil((missing * limit.perMs) / limit.requests);
}
