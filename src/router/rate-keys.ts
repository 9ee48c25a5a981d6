import { randomFillSync } from "node:crypto";
import type { RateKeys } from "../policy/limits/rate-limits.ts";

/** New secrets for rate buckets, from the system's source of randomness. */
export function drawRateKeys(): RateKeys {
  const [a, b, c, d] = randomFillSync(new Int32Array(4));
  return { place: { k0: a!, k1: b! }, login: { k0: c!, k1: d! } };
}
