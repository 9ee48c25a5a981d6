/**
 * Plan → the tables that requests are answered from. Linking happens in slices between requests, so that a catalog of
 * 100,000 tenants is taken over without a stall; the finished table replaces the old one in one assignment.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { HttpLimits, Plan, PlannedListener, PlannedTenant, PlannedTier } from "../plan/types.ts";
import { type AddressSet, compileAddresses } from "../policy/addresses.ts";
import { type TenantId, tenantId } from "../policy/limits/rate-limits.ts";
import { LiveTenant } from "./live-tenant.ts";
import { TenantLane } from "./upstream/tenant-lane.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** Tenants linked between two turns of the event loop: some milliseconds of work. */
const SLICE_TENANTS = 500;

export interface LinkedListener {
  readonly name: string;
  /** The port that clients see. */
  readonly externalPort: number;
  /** The same as a suffix of an authority: empty where it is the scheme's default. */
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

interface Identity {
  readonly via: LinkedListener | null;
  readonly scheme: "http" | "https";
  readonly fields: string;
}

const noIdentity: Identity = { via: null, scheme: "http", fields: "" };

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
  #live: LiveTenant | null = null;
  #identity: Identity = noIdentity;
  #rateId: TenantId | null = null;
  #lane: TenantLane | null = null;

  constructor(planned: PlannedTenant, tier: PlannedTier, upstream: Upstream, odooMajor: number, shared: SharedSets) {
    this.planned = planned;
    this.tier = tier;
    this.upstream = upstream;
    this.odooMajor = odooMajor;
    this.surfaceOpen = shared.surface(tier);
    this.allow = planned.access.allow.length === 0 ? null : compileAddresses(planned.access.allow);
    this.deny = planned.access.deny.length === 0 ? null : compileAddresses(planned.access.deny);
    this.aliases = planned.aliases.length === 0 ? none : planned.aliases.map((alias) => alias.hostname);
  }

  /** The fields that name this tenant's host to its worker. Kept, as a tenant is mostly asked for in one way. */
  identityAt(via: LinkedListener, scheme: "http" | "https"): string {
    if (this.#identity.via !== via || this.#identity.scheme !== scheme) {
      const authority = this.hostname + via.portSuffix[scheme];
      const fields = `Host: ${authority}\r\nX-Forwarded-Host: ${authority}\r\nX-Forwarded-Proto: ${scheme}\r\n`;
      this.#identity = { via, scheme, fields };
    }
    return this.#identity.fields;
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

  /** What its rate buckets are found by: its name's, so that they outlive every reload. */
  get rateId(): TenantId {
    this.#rateId ??= tenantId(this.name);
    return this.#rateId;
  }

  get live(): LiveTenant {
    this.#live ??= new LiveTenant();
    return this.#live;
  }

  /** The tenant's place in its pool. */
  get lane(): TenantLane {
    this.#lane ??= new TenantLane(this.name, this.tier);
    return this.#lane;
  }

  /** The live part, or null where the tenant had no request yet. */
  get liveIfAny(): LiveTenant | null {
    return this.#live;
  }

  /**
   * Goes on with what is live of the tenant as it was. Its lane only within one pool: requests that began with the
   * former plan still hold slots of the other, and are counted there to their end.
   */
  takeOver(before: LinkedTenant): void {
    this.#live = before.#live;
    if (before.upstream !== this.upstream) return;
    this.#lane = before.#lane;
    this.#lane?.update(this.tier);
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
    const tenant = new LinkedTenant(planned, tier, upstream, plan.pools[planned.pool]!.odooMajor, shared);
    const before = previous?.tenants.get(planned.name);
    if (before !== undefined) tenant.takeOver(before);
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

/** What a listener's authority suffixes are, decided once. `takenPort` is where the socket listens. */
export function linkListener(planned: PlannedListener, takenPort: number): LinkedListener {
  const port = planned.externalPort === 0 ? takenPort : planned.externalPort;
  return {
    name: planned.name,
    externalPort: port,
    portSuffix: { http: port === 80 ? "" : `:${port}`, https: port === 443 ? "" : `:${port}` },
  };
}
