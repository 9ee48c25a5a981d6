import type { Step } from "../pipeline.ts";

/** Step 11: a slot of a worker, at once or in the tenant's fair queue; sockets are capped instead. */
export const concurrency: Step = {
  name: "concurrency",
  run(x) {
    const { scheduling } = x.bound!.upstream;
    if (x.realtime) {
      const { live, tier } = x.bound!;
      if (!live.openSocket(x.clientAddress, tier)) return "sockets_exhausted";
      x.holdsSocket = true;
      const endpoint = scheduling.acquireRealtime();
      if (typeof endpoint === "string") return endpoint;
      x.upstream = endpoint;
      return "next";
    }
    const granted = scheduling.acquire(x);
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
