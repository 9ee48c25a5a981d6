import type { Dbfilter } from "../policy/dbfilter.ts";
import type { RateLimit } from "../policy/limits/gcra.ts";
import type { FailedLoginLimits } from "../policy/limits/login-failures.ts";
import type { LimitedRule, QueuedRule } from "../policy/rules.ts";

/**
 * The plan: what the catalog means, as plain, sorted, frozen, serialisable data.
 *
 * Everything a request or a manifest needs is decided here; nothing in it is optional and nothing is a default any
 * more. Times are whole milliseconds, sizes are bytes. Tenants refer to pools and tiers by index.
 */

export interface Plan {
  /** SHA-256 of the rest, hex: two plans with one hash mean the same. */
  readonly hash: string;
  readonly edge: PlannedEdge;
  /** Sorted by name. */
  readonly pools: readonly PlannedPool[];
  /** Sorted by name. */
  readonly tiers: readonly PlannedTier[];
  /** Sorted by name. */
  readonly tenants: readonly PlannedTenant[];
}

export interface PlannedEdge {
  readonly name: string;
  readonly listeners: readonly PlannedListener[];
  readonly telemetry: Address;
  readonly admin: Address;
  /** CIDRs whose X-Forwarded-For and -Proto are believed. */
  readonly trustedProxies: readonly string[];
  /** CIDRs of workers that call back: no rate limit, no queue; the guard applies. */
  readonly internalClients: readonly string[];
  readonly gateway: { readonly name: string; readonly namespace: string; readonly className: string };
  readonly productionGuard: "Deny" | "Sidecar" | "ExtAuth" | "None";
  /** Where Envoy asks, with `productionGuard` of `ExtAuth`. */
  readonly extAuth: ExtAuthSettings;
  readonly http: HttpLimits;
  readonly bodies: BodyStorage;
  readonly upstream: UpstreamSettings;
  readonly realtime: RealtimeSettings;
  readonly overload: OverloadSettings;
  /** The store that limits with `scope` of `Global` count in; null without one. */
  readonly redis: RedisSettings | null;
}

/** Where a secret is. The plan never holds one: it is printed, hashed and shown. */
export interface SecretSource {
  readonly from: "file" | "env";
  /** An absolute path, or the name of a variable. */
  readonly name: string;
}

/** How the shared store is reached. Empty texts: none. */
export interface RedisSettings {
  readonly topology: "Standalone" | "Sentinel" | "Cluster";
  /** The server, the Sentinels, or nodes of the Cluster. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** What the Sentinels call the master. */
  readonly masterName: string;
  readonly username: string;
  readonly password: SecretSource | null;
  readonly sentinelUsername: string;
  readonly sentinelPassword: SecretSource | null;
  /** Key of the hashes that stand for clients in the store's keys; null: derived from the password. */
  readonly secret: SecretSource | null;
  readonly tls: { readonly caFile: string; readonly serverName: string } | null;
  readonly database: number;
  /** First part of every key. */
  readonly keyPrefix: string;
  /** Longest that a request waits for the store. */
  readonly budgetMs: number;
  /** Time between two exchanges of what hybrid limits counted. */
  readonly syncIntervalMs: number;
  readonly connectTimeoutMs: number;
}

export interface ExtAuthSettings {
  /** A Service in the Gateway's namespace. */
  readonly service: string;
  readonly port: number;
  readonly bodyBytesMax: number;
  readonly timeoutMs: number;
}

export interface Address {
  readonly address: string;
  readonly port: number;
}

export interface PlannedListener extends Address {
  readonly name: string;
  readonly protocol: "HTTP";
  /** The port clients see: in the worker's Host, in redirects and in the Origin check. 0 where `port` is: then the one that was taken. */
  readonly externalPort: number;
}

/** Bounds on what one client connection may send or hold. */
export interface HttpLimits {
  readonly headFieldsMax: number;
  /** Request line and fields together. */
  readonly headBytesMax: number;
  readonly headTimeoutMs: number;
  /** Between the end of one response and the first byte of the next request. */
  readonly idleTimeoutMs: number;
  /** A client that takes no byte of its response for this long is cut. */
  readonly writeTimeoutMs: number;
  /** Bytes of one response that may wait for its client before its worker has to wait. */
  readonly responseBytesMax: number;
  /** The same for all responses of the process together. */
  readonly responseBudgetBytes: number;
  readonly chunkLineBytesMax: number;
  readonly interimResponsesMax: number;
  readonly connectionsMax: number;
}

/** Where request bodies wait for their end. */
export interface BodyStorage {
  /** A body up to this size stays in memory, a larger one goes to an unlinked file. */
  readonly memoryBytesMax: number;
  /** Memory that all bodies of the process may hold together. */
  readonly memoryBudgetBytes: number;
  /** Disk that all bodies of the process may hold together. */
  readonly diskBudgetBytes: number;
  /** Folder of the unlinked files; empty: the system's. */
  readonly directory: string;
}

export interface UpstreamSettings {
  readonly connectTimeoutMs: number;
  /** Network faults in a row that eject an endpoint. */
  readonly ejectAfter: number;
  /** First ejection; doubles with each further one up to `ejectMaxMs`. */
  readonly ejectBaseMs: number;
  readonly ejectMaxMs: number;
  readonly checkIntervalMs: number;
  readonly checkTimeoutMs: number;
  readonly checkPath: string;
  readonly dnsRefreshMs: number;
  /** An idle worker connection older than this is closed rather than reused. */
  readonly idleTimeoutMs: number;
  readonly idlePerEndpointMax: number;
}

export interface RealtimeSettings {
  /** Silence in both directions after which a tunnel is closed. */
  readonly idleTimeoutMs: number;
  /** Span over which closings of many tunnels are spread. */
  readonly closeJitterMs: number;
}

/** When the edge itself counts as overloaded. */
export interface OverloadSettings {
  /** Delay of the event loop that is a full load. */
  readonly eventLoopDelayMs: number;
  /** Memory of the process that is a full load; 0: what its container allows. */
  readonly memoryBytesMax: number;
  /** Share of a full load at which shedding begins, up to 1. */
  readonly startShare: number;
}

export interface PlannedPool {
  readonly name: string;
  readonly namespace: string;
  /** As written, `18.0`. */
  readonly odoo: string;
  readonly odooMajor: number;
  readonly dbfilter: Dbfilter;
  readonly service: {
    readonly name: string;
    readonly httpPort: number;
    readonly realtimePort: number;
    /** Where the guard listens that stands beside the workers in production. */
    readonly guardPort: number;
  };
  /** Requests in flight per endpoint. */
  readonly workers: number;
  /** Addresses written in the catalog; empty: the Service's DNS name is resolved. */
  readonly endpoints: readonly PlannedEndpoint[];
}

export interface PlannedEndpoint {
  /** IP address or hostname. */
  readonly address: string;
  readonly httpPort: number;
  readonly realtimePort: number;
}

/** Limits of one rule; null where the tier sets none. */
export interface RuleLimits {
  readonly perTenant: RateLimit | null;
  readonly perClient: RateLimit | null;
  /** Tries of one login name; null for rules that carry none. */
  readonly perLogin: RateLimit | null;
  /** Where they count: in this process, or in the Edge's `redis`. */
  readonly scope: "Local" | "Global";
  readonly consistency: "Hybrid" | "Strict";
  readonly failureMode: "Local" | "Open" | "Closed";
}

/** How failed logins are answered; limits in failures, times in milliseconds. */
export interface FailedLoginSettings extends FailedLoginLimits {
  readonly enabled: boolean;
}

export interface PlannedTier {
  readonly name: string;
  readonly isolation: "Shared" | "Dedicated";
  readonly rpc: "bound" | "off";
  /** From the complete request to the end of the response. */
  readonly requestTimeoutMs: number;
  readonly bodyBytesMax: number;
  /** From the head to the end of the request body. */
  readonly bodyTimeoutMs: number;
  readonly limits: Readonly<Record<LimitedRule, RuleLimits>>;
  readonly failedLogins: FailedLoginSettings;
  readonly inFlightMax: number;
  /** Caps of single rules within `inFlightMax`; null where the tier sets none. */
  readonly inFlightByRuleMax: Readonly<Record<QueuedRule, number | null>>;
  /** Requests that one turn in the pool's fair queue is worth. */
  readonly weight: number;
  readonly queueMax: number;
  readonly queueTimeoutMs: number;
  readonly socketsPerTenantMax: number;
  readonly socketsPerClientMax: number;
  /** Surface paths that this tier opens, as written in the table of doors. */
  readonly surfaceOpen: readonly string[];
}

export interface PlannedTenant {
  readonly name: string;
  readonly hostname: string;
  readonly aliases: readonly { readonly hostname: string; readonly mode: "Redirect" | "Rewrite" }[];
  readonly database: string;
  /** Index into `Plan.pools`. */
  readonly pool: number;
  /** Index into `Plan.tiers`. */
  readonly tier: number;
  readonly state: "Active" | "Maintenance" | "Suspended";
  readonly access: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  /** Serialised origins, `https://shop.example`. */
  readonly origins: readonly string[];
  readonly formerDatabases: readonly string[];
  readonly guardExempt: readonly { readonly path: string; readonly names: readonly string[] }[];
}
