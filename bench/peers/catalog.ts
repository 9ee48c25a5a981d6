/** The tenants that Hostward and the emitted Envoy have; every peer is asked for all of them in turn. */
import { benchCatalog, targetOf } from "../support/bench-catalog.ts";
import type { LoadTarget } from "../support/load.ts";

const TENANTS = 20;
const WORKER = "worker";

/** Name of the worker, which begins each of its answers. */
export const peerWorkerName = WORKER;

/** All policies on: address lists, and both limits on every rule, too high to refuse anything. */
export function peerCatalog(workerPort: number, tenants = TENANTS): string {
  return benchCatalog([{ name: WORKER, workerPort }], tenants, "all");
}

/** What is asked of every peer. */
export function peerCatalogTargets(tenants = TENANTS): readonly LoadTarget[] {
  return Array.from({ length: tenants }, (_, i) => targetOf(i, [WORKER]));
}
