import type { Exchange } from "../exchange.ts";
import type { Step, Verdict } from "../pipeline.ts";

/** Step 11: a slot of a worker, at once or in the tenant's fair queue; sockets are capped instead. */
export const concurrency: Step = {
  name: "concurrency",
  run(x) {
    if (x.realtime) {
      const opened = x.services.sockets.open(x.tenant, x.clientAddress, x.bound!.tier, x);
      return opened === "asked" ? "wait" : socketVerdict(x, opened);
    }
    const granted = x.bound!.upstream.scheduling.acquire(x);
    if (granted === "queued") {
      x.queuedAtMs = x.services.clock.nowMs();
      return "wait";
    }
    if (typeof granted === "string") return granted;
    x.upstream = granted;
    return "next";
  },
  explain(x) {
    const { tier, upstream } = x.bound!;
    if (x.realtime)
      return `up to ${tier.socketsPerTenantMax} sockets per tenant, ${tier.socketsPerClientMax} per client; no slot`;
    return `one of ${upstream.planned.workers} slots per endpoint, up to ${tier.inFlightMax} per tenant, then a queue of ${tier.queueMax}`;
  },
};

/** What follows for a realtime exchange when it is known whether it has a socket. */
export function socketVerdict(x: Exchange, granted: boolean): Verdict {
  if (!granted) return "sockets_exhausted";
  x.holdsSocket = true;
  const endpoint = x.bound!.upstream.scheduling.acquireRealtime();
  if (typeof endpoint === "string") return endpoint;
  x.upstream = endpoint;
  return "next";
}
