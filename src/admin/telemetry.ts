import type { Address } from "../plan/types.ts";
import { listen, notFound, type Reply, type RunningServer } from "./http-server.ts";
import type { TelemetrySource } from "./sources.ts";

/**
 * Starts the telemetry server: `/live`, `/ready` and `/metrics`, for probes and scrapes.
 *
 * It names no tenant, so it may be bound to an address that others reach. Rejects when the address cannot be bound.
 */
export function startTelemetry(address: Address, source: TelemetrySource): Promise<RunningServer> {
  return listen(address, async (path) => {
    if (path === "/live") return text(200, "live");
    if (path === "/ready") return source.ready() ? text(200, "ready") : text(503, "not ready");
    if (path !== "/metrics") return notFound(path);
    return { status: 200, type: source.registry.contentType, body: await source.registry.metrics() };
  });
}

function text(status: number, word: string): Reply {
  return { status, type: "text/plain; charset=utf-8", body: `${word}\n` };
}
