/**
 * The generic cell rate algorithm (ITU-T I.371 annex A), on one number per bucket: the theoretical arrival time.
 *
 * A bucket holds `burst` requests and gets one back every `perMs / requests`. Its theoretical arrival time (`tatMs`) is
 * when it will be full again; one that is not in the future is a full bucket, which is why such a number can be
 * forgotten. Pure, and hot: nothing allocates. Times are milliseconds of one monotonic clock.
 */

/** A rate: `requests` per `perMs` milliseconds on average, up to `burst` at once. All are at least 1. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
}

/** Times are sums of fractions: a request this part of its interval early is on time. */
const ROUNDING = 1e-6;

/** Whole milliseconds until the bucket has a request to give; 0: now. Waiting as told is enough. */
export function waitMs(tatMs: number, limit: RateLimit, nowMs: number): number {
  const intervalMs = limit.perMs / limit.requests;
  const missingMs = Math.max(tatMs, nowMs) - nowMs - (limit.burst - 1) * intervalMs;
  return missingMs <= ROUNDING * intervalMs ? 0 : Math.ceil(missingMs - ROUNDING * intervalMs);
}

/** The arrival time once a request was taken from the bucket. */
export function afterTaking(tatMs: number, limit: RateLimit, nowMs: number): number {
  return Math.max(tatMs, nowMs) + limit.perMs / limit.requests;
}

/** By no more than this is one thread's present behind another's. */
const SKEW_MS = 1000;

/**
 * The arrival time of a bucket that may have been used under another limit: at most that of an empty one. Without it, who
 * used up a slow limit would wait as long for the fast one that replaced it. A second is added, so that a thread whose
 * present is behind never gives back what another took.
 */
export function underLimit(tatMs: number, limit: RateLimit, nowMs: number): number {
  const emptyMs = nowMs + (limit.burst * limit.perMs) / limit.requests + SKEW_MS;
  return tatMs > emptyMs ? emptyMs : tatMs;
}

/** Requests that the bucket gives at once. */
export function remaining(tatMs: number, limit: RateLimit, nowMs: number): number {
  const intervalMs = limit.perMs / limit.requests;
  const left = limit.burst - Math.max(0, tatMs - nowMs) / intervalMs;
  return Math.max(0, Math.floor(left + ROUNDING));
}
