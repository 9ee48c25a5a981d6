import { Client } from "undici";
import type { UpstreamSettings } from "../../plan/types.ts";
import type { CheckOutcome, Endpoint } from "./endpoint.ts";
import { jittered } from "./jitter.ts";
import { networkFaultOf } from "./network-fault.ts";

/** Asks an endpoint whether it is there; never rejects. `stop` ends the check early. */
export type HealthCheck = (endpoint: Endpoint, settings: UpstreamSettings, stop: AbortSignal) => Promise<CheckOutcome>;

const BODY_BYTES_MAX = 65_536;
/** How often an endpoint that takes no requests is asked; a dead one pays nothing for it. */
const RECHECK_MS = 1_000;

/**
 * One GET of `checkPath` on a connection of its own, because an idle connection occupies a prefork worker.
 *
 * Any HTTP answer is fine, whatever its status. No answer within `checkTimeoutMs`, or one that is not HTTP, is busy: a
 * worker with all processes at work must not be taken for dead. Redirects are not followed.
 */
export const checkHealth: HealthCheck = async (endpoint, settings, stop) => {
  // Pipelining 0 asks with `Connection: close`. A request that is not yet written cannot be aborted: its client can.
  const client = new Client(`http://${endpoint.label}`, { pipelining: 0, connectTimeout: settings.checkTimeoutMs });
  const signal = AbortSignal.any([stop, AbortSignal.timeout(settings.checkTimeoutMs)]);
  signal.addEventListener("abort", () => void client.destroy());
  try {
    const headers = { "user-agent": "hostward-check" };
    const answer = await client.request({ method: "GET", path: settings.checkPath, headers });
    // Read, so that the worker is not reset while it writes; how the body ends is no matter.
    await answer.body.dump({ limit: BODY_BYTES_MAX }).catch(() => undefined);
    return "fine";
  } catch (error) {
    return networkFaultOf(error) ?? "busy";
  } finally {
    await client.destroy();
  }
};

/**
 * Whether to check this endpoint now; also settles when to ask again.
 *
 * A check occupies a worker, so one that is healthy is not asked while all its slots are taken, nor after an interval
 * in which it answered a request.
 */
export function takeCheckTurn(endpoint: Endpoint, settings: UpstreamSettings, nowMs: number, random: number): boolean {
  if (endpoint.checking || nowMs < endpoint.checkAtMs) return false;
  const healthy = endpoint.state === "healthy";
  const everyMs = healthy ? settings.checkIntervalMs : Math.min(settings.checkIntervalMs, RECHECK_MS);
  const needless = healthy && (endpoint.places.answered || endpoint.places.inFlight >= endpoint.places.slots);
  endpoint.checkAtMs = nowMs + jittered(everyMs, random);
  endpoint.places.answered = false;
  return !needless;
}
