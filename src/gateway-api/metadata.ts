import type { GatewayFacts } from "./facts.ts";
import type { Manifest } from "./manifest.ts";
import { managedBy } from "./tree/marker.ts";

type Metadata = Manifest["metadata"];

const labels = Object.freeze({ [managedBy.key]: managedBy.value, "app.kubernetes.io/part-of": "hostward" });

/** Metadata of an object of the whole edge, in the Gateway's namespace. */
export function objectMeta(facts: GatewayFacts, name: string): Metadata {
  return { name, namespace: facts.gateway.namespace, labels, annotations: annotationsOf(facts, facts.edgeHash) };
}

/** Metadata of an object that has no namespace. */
export function clusterMeta(facts: GatewayFacts, name: string): Metadata {
  return { name, labels, annotations: annotationsOf(facts, facts.edgeHash) };
}

/** Metadata of an object in another namespace. */
export function namespacedMeta(facts: GatewayFacts, name: string, namespace: string): Metadata {
  return { name, namespace, labels, annotations: annotationsOf(facts, facts.edgeHash) };
}

/**
 * Metadata of an object of one tenant, in the Gateway's namespace. `part` is the digest of the part of the plan that it
 * comes from (not of the whole: another tenant's change must not touch this one's file).
 */
export function tenantMeta(facts: GatewayFacts, name: string, tenant: string, tier: string, part: string): Metadata {
  return {
    name,
    namespace: facts.gateway.namespace,
    labels: { ...labels, "hostward.dev/tenant": tenant, "hostward.dev/tier": tier },
    annotations: annotationsOf(facts, part),
  };
}

/** Metadata of an object of one tier. */
export function tierMeta(facts: GatewayFacts, name: string, tier: string, part: string): Metadata {
  const annotations = annotationsOf(facts, part);
  return { name, namespace: facts.gateway.namespace, labels: { ...labels, "hostward.dev/tier": tier }, annotations };
}

function annotationsOf({ generator }: GatewayFacts, part: string): Readonly<Record<string, string>> {
  return { "gateway.networking.k8s.io/generator": generator, "hostward.dev/plan-hash": part };
}
