/**
 * Plan → the tables that requests are answered from. Linking happens in slices between requests, so that a catalog of
 * 100,000 tenants is taken over without a stall; the finished table replaces the old one in one assignment.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { HttpLimits, Plan, PlannedListener, PlannedTenant, PlannedTier } from "../plan/types.ts";
import { type AddressSet, compileAddresses } from "../policy/addresses.ts";
import { LiveTenant } from "./live-tenant.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** Tenants linked between two turns of the event loop: some milliseconds of work. */
const SLICE_TENANTS = 500;

export interface LinkedListener {
  readonly name: string;
  readonly planned: PlannedListener;
  /** The external port as a suffix of an authority: empty where it is the scheme's default. */
  readonly portSuffix: { readonly http: string; readonly https: string };
}

export interface HostEntry {
  readonly tenant: LinkedTenant;
  /** How the host is an alias; empty for the canonical hostname. */
  readonly alias: "" | "Redirect" | "Rewrite";
}

/** A plan with its lookup tables. */
export interface LinkedPlan {
  readonly plan: Plan;
  readonly http: HttpLimits;
  readonly hosts: ReadonlyMap<string, HostEntry>;
  readonly tenants: ReadonlyMap<string, LinkedTenant>;
  readonly trustedProxies: AddressSet | null;
  readonly internalClients: AddressSet | null;
}

/** One tenant, everything that a request needs resolved. Fields that policies read have their policies' names. */
export class LinkedTenant {
  readonly planned: PlannedTenant;
  readonly tier: PlannedTier;
  readonly upstream: Upstream;
  readonly surfaceOpen: ReadonlySet<string>;
  readonly allow: AddressSet | null;
  readonly deny: AddressSet | null;
  readonly aliases: readonly string[];
  readonly odooMajor: number;
  #live: LiveTenant | null;

  constructor(
    planned: PlannedTenant,
    tier: PlannedTier,
    upstream: Upstream,
    odooMajor: number,
    shared: SharedSets,
    live: LiveTenant | null,
  ) {
    this.planned = planned;
    this.tier = tier;
    this.upstream = upstream;
    this.odooMajor = odooMajor;
    this.surfaceOpen = shared.surface(tier);
    this.allow = planned.access.allow.length === 0 ? null : compileAddresses(planned.access.allow);
    this.deny = planned.access.deny.length === 0 ? null : compileAddresses(planned.access.deny);
    this.aliases = planned.aliases.length === 0 ? none : planned.aliases.map((alias) => alias.hostname);
    this.#live = live;
  }

  get name(): string {
    return this.planned.name;
  }

  get hostname(): string {
    return this.planned.hostname;
  }

  get state(): PlannedTenant["state"] {
    return this.planned.state;
  }

  get rpc(): PlannedTier["rpc"] {
    return this.tier.rpc;
  }

  get live(): LiveTenant {
    this.#live ??= new LiveTenant(this.name, this.tier);
    return this.#live;
  }

  /** The live part, or null where the tenant had no request yet. */
  get liveIfAny(): LiveTenant | null {
    return this.#live;
  }
}

const none: readonly string[] = [];

/** Sets that many tenants share: a tier's open surface. */
class SharedSets {
  readonly #surfaces = new Map<PlannedTier, ReadonlySet<string>>();

  surface(tier: PlannedTier): ReadonlySet<string> {
    let surface = this.#surfaces.get(tier);
    if (surface === undefined) {
      surface = new Set(tier.surfaceOpen);
      this.#surfaces.set(tier, surface);
    }
    return surface;
  }
}

/**
 * Links `plan`. `upstreams` are those of its pools, in the plan's order; `previous` is the plan that serves now, whose
 * live tenants go on.
 */
export async function linkPlan(
  plan: Plan,
  upstreams: readonly Upstream[],
  previous: LinkedPlan | null,
): Promise<LinkedPlan> {
  const hosts = new Map<string, HostEntry>();
  const tenants = new Map<string, LinkedTenant>();
  const shared = new SharedSets();
  let linked = 0;
  for (const planned of plan.tenants) {
    const tier = plan.tiers[planned.tier]!;
    const upstream = upstreams[planned.pool]!;
    const tenant = new LinkedTenant(
      planned,
      tier,
      upstream,
      plan.pools[planned.pool]!.odooMajor,
      shared,
      takeOver(planned, tier, upstream, previous),
    );
    tenants.set(planned.name, tenant);
    hosts.set(planned.hostname, { tenant, alias: "" });
    for (const { hostname, mode } of planned.aliases) hosts.set(hostname, { tenant, alias: mode });
    if (++linked % SLICE_TENANTS === 0) await turn();
  }
  const { trustedProxies, internalClients, http } = plan.edge;
  return {
    plan,
    http,
    hosts,
    tenants,
    trustedProxies: trustedProxies.length === 0 ? null : compileAddresses(trustedProxies),
    internalClients: internalClients.length === 0 ? null : compileAddresses(internalClients),
  };
}

/** The live part of a tenant that was there before; with a new lane when it moved to another pool. */
function takeOver(
  planned: PlannedTenant,
  tier: PlannedTier,
  upstream: Upstream,
  previous: LinkedPlan | null,
): LiveTenant | null {
  const before = previous?.tenants.get(planned.name);
  const live = before?.liveIfAny ?? null;
  if (before === undefined || live === null) return null;
  if (before.upstream === upstream) live.lane.update(tier);
  else live.lane = new LiveTenant(planned.name, tier).lane;
  return live;
}

/** What a listener's authority suffixes are, decided once. */
export function linkListener(planned: PlannedListener): LinkedListener {
  const port = planned.externalPort;
  return {
    name: planned.name,
    planned,
    portSuffix: { http: port === 80 ? "" : `:${port}`, https: port === 443 ? "" : `:${port}` },
  };
}
