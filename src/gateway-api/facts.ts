import { createHash } from "node:crypto";
import type { Plan, PlannedPool, PlannedTenant, PlannedTier } from "../plan/types.ts";

/** Who judges bodies in production. */
export type GuardMode = Plan["edge"]["productionGuard"];

/** What all sections ask of a plan, decided once. */
export interface GatewayFacts {
  readonly plan: Plan;
  readonly guard: GuardMode;
  readonly gateway: { readonly name: string; readonly namespace: string; readonly className: string };
  readonly listener: { readonly name: string; readonly port: number };
  /** The scheme by which clients come, as far as it can be known without a request. */
  readonly scheme: "http" | "https";
  /** The port that clients see. */
  readonly externalPort: number;
  /** The port as a suffix of an authority: empty where it is the scheme's default. */
  readonly portSuffix: string;
  /** What made the manifests, with its version. */
  readonly generator: string;
  /** Digest of what the plan says of the whole edge. */
  readonly edgeHash: string;
}

const HTTPS_PORT = 443;
const defaultPorts = { http: 80, https: HTTPS_PORT } as const;

/**
 * The facts of `plan`. Production has one listener, the Edge's first. Clients come by https where a proxy in front is
 * trusted and they see port 443; Envoy cannot write another Host for those that do not.
 */
export function gatewayFacts(plan: Plan, version: string): GatewayFacts {
  const { edge } = plan;
  const [{ name, port, externalPort }] = edge.listeners as [Plan["edge"]["listeners"][number]];
  const scheme = edge.trustedProxies.length > 0 && externalPort === HTTPS_PORT ? "https" : "http";
  return {
    plan,
    guard: edge.productionGuard,
    gateway: edge.gateway,
    listener: { name, port },
    scheme,
    externalPort,
    portSuffix: externalPort === defaultPorts[scheme] ? "" : `:${externalPort}`,
    generator: `hostward-${version}`,
    edgeHash: partHash(edge),
  };
}

/** A tenant with its pool and tier. */
export interface TenantFacts {
  readonly tenant: PlannedTenant;
  readonly pool: PlannedPool;
  readonly tier: PlannedTier;
}

/** The tenants of the plan, in its order. */
export function tenantsOf(plan: Plan): TenantFacts[] {
  return plan.tenants.map((tenant) => ({
    tenant,
    pool: plan.pools[tenant.pool]!,
    tier: plan.tiers[tenant.tier]!,
  }));
}

/** A digest of some part of the plan: 16 hex digits of SHA-256. */
export function partHash(part: unknown): string {
  return createHash("sha256").update(JSON.stringify(part)).digest("hex").slice(0, 16);
}
