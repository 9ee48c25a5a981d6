import { createHash } from "node:crypto";
import type { GuardMode } from "../plan/parity/types.ts";
import type { Plan, PlannedPool, PlannedTenant, PlannedTier } from "../plan/types.ts";
import { type RouteRule, routeRules } from "./route-rules.ts";

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
  /** In the order of the plan. */
  readonly tenants: readonly TenantFacts[];
}

/** A tenant with its pool and tier. */
export interface TenantFacts {
  readonly tenant: PlannedTenant;
  readonly pool: PlannedPool;
  readonly tier: PlannedTier;
  /** The rules of its route; tenants with the same rules have the same object. */
  readonly rules: readonly RouteRule[];
  /** Digest of what the plan says of the edge, of the tenant, and of its pool and tier, wherever those stand in the plan. */
  readonly part: string;
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
  const edgeHash = partHash(edge);
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
    edgeHash,
    tenants: tenantsOf(plan, edgeHash),
  };
}

function tenantsOf(plan: Plan, edgeHash: string): TenantFacts[] {
  const poolHashes = plan.pools.map((pool) => partHash(pool));
  const tierHashes = plan.tiers.map((tier) => partHash(tier));
  const known = new Map<string, readonly RouteRule[]>();
  return plan.tenants.map((tenant) => {
    const pool = plan.pools[tenant.pool]!;
    const tier = plan.tiers[tenant.tier]!;
    const key = `${tenant.pool} ${tenant.tier} ${tenant.state}`;
    const rules = known.get(key) ?? rulesOf(plan, tenant, pool, tier);
    known.set(key, rules);
    // Their numbers in the plan change with every pool or tier that comes or goes.
    const own = { ...tenant, pool: poolHashes[tenant.pool], tier: tierHashes[tenant.tier] };
    return { tenant, pool, tier, rules, part: partHash([edgeHash, own]) };
  });
}

function rulesOf(
  plan: Plan,
  { state }: PlannedTenant,
  { odooMajor }: PlannedPool,
  tier: PlannedTier,
): readonly RouteRule[] {
  const { rpc, surfaceOpen } = tier;
  return routeRules({ odooMajor, surfaceOpen, rpc, state, guard: plan.edge.productionGuard });
}

/** A digest of some part of the plan: 16 hex digits of SHA-256. */
export function partHash(part: unknown): string {
  return createHash("sha256").update(JSON.stringify(part)).digest("hex").slice(0, 16);
}
