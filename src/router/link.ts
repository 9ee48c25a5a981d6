/**
 * Plan → the tables that requests are answered from. Linking happens in slices between requests, so that a catalog of
 * 100,000 tenants is taken over without a stall; the finished table replaces the old one in one assignment.
 */

import { setImmediate as turn } from "node:timers/promises";
import { flatText } from "../core/flat-text.ts";
import { placeText } from "../metrics/access-line.ts";
import type { HttpLimits, Plan, PlannedListener, PlannedTenant, PlannedTier } from "../plan/types.ts";
import { type AddressSet, compileAddresses } from "../policy/addresses.ts";
import { type TenantId, tenantId } from "../policy/limits/rate-limits.ts";
import { type LiveTenant, OwnTotals } from "./live-tenant.ts";
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

/** Where what is live of tenants is kept: in this thread's memory, or in that which threads share. */
export interface TenantStore {
  /** Where a tenant of `pool` has its place; the same for every plan. */
  placeOf(pool: Plan["pools"][number], tenant: PlannedTenant, index: number): number;
  /** The tenant's part of its pool. */
  lane(tenant: LinkedTenant): TenantLane;
  live(tenant: LinkedTenant): LiveTenant;
}

/** In this thread's memory, hung on the tenant itself. */
export const ownTenants: TenantStore = {
  placeOf: () => 0,
  lane: ({ name, tier }) => new TenantLane(name, tier),
  live: () => new OwnTotals(),
};

interface Identity {
  readonly via: LinkedListener | null;
  readonly scheme: "http" | "https";
  readonly fields: string;
}

const noIdentity: Identity = { via: null, scheme: "http", fields: "" };

/** What a tenant is linked to. */
export interface TenantLinks {
  readonly tier: PlannedTier;
  readonly upstream: Upstream;
  readonly odooMajor: number;
  readonly surfaceOpen: ReadonlySet<string>;
  readonly place: number;
  readonly store: TenantStore;
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
  /** Where its store has it. */
  readonly place: number;
  readonly #store: TenantStore;
  #live: LiveTenant | null = null;
  #identity: Identity = noIdentity;
  #rateId: TenantId | null = null;
  #logText: string | null = null;
  #lane: TenantLane | null = null;

  constructor(planned: PlannedTenant, { tier, upstream, odooMajor, surfaceOpen, place, store }: TenantLinks) {
    this.planned = planned;
    this.tier = tier;
    this.upstream = upstream;
    this.odooMajor = odooMajor;
    this.surfaceOpen = surfaceOpen;
    this.place = place;
    this.#store = store;
    this.allow = planned.access.allow.length === 0 ? null : compileAddresses(planned.access.allow);
    this.deny = planned.access.deny.length === 0 ? null : compileAddresses(planned.access.deny);
    this.aliases = planned.aliases.length === 0 ? none : planned.aliases.map((alias) => alias.hostname);
  }

  /** The fields that name this tenant's host to its worker. Kept, as a tenant is mostly asked for in one way. */
  identityAt(via: LinkedListener, scheme: "http" | "https"): string {
    if (this.#identity.via !== via || this.#identity.scheme !== scheme) {
      const authority = this.hostname + via.portSuffix[scheme];
      const fields = `Host: ${authority}\r\nX-Forwarded-Host: ${authority}\r\nX-Forwarded-Proto: ${scheme}\r\n`;
      this.#identity = { via, scheme, fields: flatText(fields) };
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

  /** Who it is and where it is served, for the access log. */
  get logText(): string {
    this.#logText ??= placeText(this.name, this.upstream.name);
    return this.#logText;
  }

  get live(): LiveTenant {
    this.#live ??= this.#store.live(this);
    return this.#live;
  }

  /** The tenant's place in its pool. */
  get lane(): TenantLane {
    this.#lane ??= this.#store.lane(this);
    return this.#lane;
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
 * live tenants go on; `store` is where they live.
 */
export async function linkPlan(
  plan: Plan,
  upstreams: readonly Upstream[],
  previous: LinkedPlan | null,
  store: TenantStore = ownTenants,
): Promise<LinkedPlan> {
  const hosts = new Map<string, HostEntry>();
  const tenants = new Map<string, LinkedTenant>();
  const shared = new SharedSets();
  for (const [index, planned] of plan.tenants.entries()) {
    const tier = plan.tiers[planned.tier]!;
    const pool = plan.pools[planned.pool]!;
    const tenant = new LinkedTenant(planned, {
      tier,
      upstream: upstreams[planned.pool]!,
      odooMajor: pool.odooMajor,
      surfaceOpen: shared.surface(tier),
      place: store.placeOf(pool, planned, index),
      store,
    });
    const before = previous?.tenants.get(planned.name);
    if (before !== undefined) tenant.takeOver(before);
    tenants.set(planned.name, tenant);
    hosts.set(planned.hostname, { tenant, alias: "" });
    for (const { hostname, mode } of planned.aliases) hosts.set(hostname, { tenant, alias: mode });
    if ((index + 1) % SLICE_TENANTS === 0) await turn();
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

/** What serves before the first plan is linked: no listener is open then. */
export function nothingLinked(plan: Plan): LinkedPlan {
  return {
    plan,
    http: plan.edge.http,
    hosts: new Map(),
    tenants: new Map(),
    trustedProxies: null,
    internalClients: null,
  };
}
