/** Settings of a short run of the load harness against one target on this machine. */
import type { RunSettings } from "../../src/load/settings.ts";
import { urlTraffic } from "../../src/load/url-traffic.ts";

/** A GET of `/` on `acme.example` that is answered with 200, where nothing else is said. */
export function loadSettings(port: number, wanted: Partial<RunSettings> = {}): RunSettings {
  const request = { method: "GET", target: "/", fields: [], body: "", expect: [200] };
  return {
    targets: [{ name: "edge", url: `http://127.0.0.1:${port}`, pid: null }],
    traffic: urlTraffic(request, ["acme.example"], 0),
    loop: "open",
    arrivals: "constant",
    rate: 200,
    connections: 16,
    sockets: 16,
    threads: 1,
    warmupSeconds: 0.2,
    seconds: 1,
    pairs: 1,
    timeoutMs: 5_000,
    seed: 1,
    expectWorker: "",
    externalPort: null,
    remote: "refused",
    command: "hostward bench",
    ...wanted,
  };
}

/** Microseconds at a percentile that every result has. */
export function percentileUs(
  latency: { readonly percentiles: ReadonlyArray<{ readonly percentile: number; readonly us: number }> },
  wanted: number,
): number {
  const point = latency.percentiles.find(({ percentile }) => percentile === wanted);
  if (point === undefined) throw new Error(`the result has no percentile ${wanted}`);
  return point.us;
}
