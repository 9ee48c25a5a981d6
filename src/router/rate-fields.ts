import { flatText } from "../core/flat-text.ts";
import type { RateLimit } from "../policy/limits/gcra.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What a client is told of its own limit: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11),
 * or nothing. The quota is the burst and the window the time in which it comes back. A worker's own fields stay: both
 * are lists, in which each policy has its name. What a tenant's clients or a name's tries use up together is not told:
 * it would be the others' traffic.
 */
export function rateFields(x: Exchange): string {
  const limit = x.rateLimit;
  if (limit === null) return "";
  return `${policyFields(limit)};r=${x.rateRemaining};t=${x.rateResetS}\r\n`;
}

const POLICY = `"edge-client"`;

/** By limit of the plan, so that each is written once. */
const written = new WeakMap<RateLimit, string>();

function policyFields(limit: RateLimit): string {
  let fields = written.get(limit);
  if (fields === undefined) {
    const windowS = Math.ceil((limit.burst * limit.perMs) / limit.requests / 1000);
    fields = flatText(`RateLimit-Policy: ${POLICY};q=${limit.burst};w=${windowS}\r\nRateLimit: ${POLICY}`);
    written.set(limit, fields);
  }
  return fields;
}
