import type { IReferenceGrant } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1beta1/ReferenceGrant";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { namespacedMeta } from "../metadata.ts";

/** The namespaces of workers, each once, sorted. */
export function workerNamespaces(facts: GatewayFacts): string[] {
  return [...new Set(facts.plan.pools.map((pool) => pool.namespace))].sort();
}

/** What lets the Gateway's routes reach the pools' Services in one version namespace, and nothing else in it. */
export function referenceGrant(facts: GatewayFacts, namespace: string): Manifest {
  const services = facts.plan.pools.filter((pool) => pool.namespace === namespace).map((pool) => pool.service.name);
  const spec: IReferenceGrant["spec"] = {
    from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: facts.gateway.namespace }],
    to: [...new Set(services)].sort().map((name) => ({ group: "", kind: "Service", name })),
  };
  return {
    // Served by every Gateway API that is in use; v1 is the same.
    apiVersion: "gateway.networking.k8s.io/v1beta1",
    kind: "ReferenceGrant",
    metadata: namespacedMeta(facts, "hostward", namespace),
    spec,
  };
}
