import type { Problem } from "../../core/problem.ts";
import type { Declarations } from "../lint.ts";
import { problemAtPath, whereabouts } from "../located.ts";
import type { PoolDocument, TenantDocument, TierDocument } from "../schema.ts";
import type { Declared } from "../validate.ts";
import { nearest, quote } from "../wording.ts";

type Tenant = Declared<TenantDocument>;
type Named = Declared<PoolDocument | TierDocument>;

/** Pools and tiers exist, are used, and fit together. */
export function* lintReferences(declarations: Declarations): Generator<Problem> {
  const { edges, pools, tiers, tenants, names } = declarations;
  for (const tenant of tenants) {
    yield* lintName(tenant, "pool", "unknown_pool", "WorkerPool", names.WorkerPool);
    yield* lintName(tenant, "tier", "unknown_tier", "Tier", names.Tier);
  }
  const byPool = Map.groupBy(tenants, (tenant) => tenant.value.spec.pool);
  const tierByName = new Map(tiers.map((tier) => [tier.value.metadata.name, tier.value]));
  yield* lintDedicated(byPool, tierByName);
  for (const pool of pools) yield* lintQueue(pool, byPool.get(pool.value.metadata.name) ?? [], tierByName);
  if (!edges.some(({ value }) => value.spec.redis !== undefined)) for (const tier of tiers) yield* lintScopes(tier);
  if (tenants.length < names.Tenant.size || tenants.length === 0) return;
  yield* lintUnused(pools, "unused_pool", new Set(byPool.keys()));
  yield* lintUnused(tiers, "unused_tier", new Set(tenants.map((tenant) => tenant.value.spec.tier)));
}

function* lintName(
  tenant: Tenant,
  field: "pool" | "tier",
  code: "unknown_pool" | "unknown_tier",
  kind: string,
  known: ReadonlySet<string>,
): Generator<Problem> {
  const name = tenant.value.spec[field];
  if (known.has(name)) return;
  const near = nearest(name, known);
  const hint = near === undefined ? undefined : `did you mean ${near}?`;
  yield problemAtPath(tenant.node, ["spec", field], code, `cannot find ${kind} ${quote(name)}`, hint);
}

function* lintDedicated(byPool: Map<string, Tenant[]>, tiers: Map<string, TierDocument>): Generator<Problem> {
  for (const [pool, tenants] of byPool) {
    if (tenants.length < 2) continue;
    for (const tenant of tenants) {
      const { tier } = tenant.value.spec;
      if (tiers.get(tier)?.spec.isolation !== "Dedicated") continue;
      const other = tenants.find((candidate) => candidate !== tenant)!;
      const message = `cannot share WorkerPool ${quote(pool)} with Tenant ${quote(other.value.metadata.name)} ${whereabouts(other.node)}: Tier ${quote(tier)} is dedicated`;
      yield problemAtPath(tenant.node, ["spec", "pool"], "dedicated_shared", message);
    }
  }
}

function* lintQueue(
  pool: Declared<PoolDocument>,
  tenants: readonly Tenant[],
  tiers: Map<string, TierDocument>,
): Generator<Problem> {
  if (pool.value.spec.workers !== undefined) return;
  const queued = tenants.find((tenant) => (tiers.get(tenant.value.spec.tier)?.spec.concurrency.queue ?? 0) > 0);
  if (queued === undefined) return;
  const { name } = pool.value.metadata;
  const message = `cannot queue for WorkerPool ${quote(name)} without \`spec.workers\`: Tier ${quote(queued.value.spec.tier)} has a queue`;
  yield problemAtPath(pool.node, ["spec", "workers"], "queue_without_workers", message);
}

/** Without a store that processes share, no limit can count in it. */
function* lintScopes(tier: Declared<TierDocument>): Generator<Problem> {
  for (const [rule, limits] of Object.entries(tier.value.spec.limits)) {
    if (limits.scope !== "Global") continue;
    const path = ["spec", "limits", rule, "scope"];
    yield problemAtPath(
      tier.node,
      path,
      "global_scope",
      `cannot use \`spec.limits.${rule}.scope\` of "Global": the Edge has no \`redis\``,
    );
  }
}

function* lintUnused(
  declared: readonly Named[],
  code: "unused_pool" | "unused_tier",
  used: ReadonlySet<string>,
): Generator<Problem> {
  for (const { value, node } of declared) {
    const { name } = value.metadata;
    if (!used.has(name))
      yield problemAtPath(node, ["metadata", "name"], code, `no tenant uses ${value.kind} ${quote(name)}`);
  }
}
