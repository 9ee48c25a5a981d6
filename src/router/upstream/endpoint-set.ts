import { isIP } from "node:net";
import type { PlannedEndpoint, PlannedPool } from "../../plan/types.ts";
import { Endpoint } from "./endpoint.ts";
import { isForbiddenAddress } from "./forbidden-address.ts";
import type { Places } from "./places.ts";
import type { Resolver } from "./resolver.ts";

/** How soon a name that could not be resolved is tried again. */
const RETRY_MS = 1_000;

/** What happens to the set itself. */
export interface EndpointSetEvents {
  /** A new endpoint takes requests. */
  added(endpoint: Endpoint): void;
  /** It takes no new ones: its idle connections can be closed. */
  removed(endpoint: Endpoint): void;
  /** The name could not be resolved; the addresses last found stay in use. */
  unresolved(hostname: string, cause: unknown): void;
  /** The catalog or DNS named an address that the edge does not connect to. */
  addressRefused(hostname: string, ip: string): void;
}

/**
 * The endpoints that a pool's catalog entry stands for right now: written addresses, and what names resolve to.
 *
 * An endpoint is the same one as long as its IP address and ports are, so that counts and health outlive reloads and
 * changes in DNS; one that left while requests were on it is remembered until they end, in case it comes back.
 */
export class EndpointSet {
  /** Those that may take requests, without any that drains. */
  serving: readonly Endpoint[] = [];
  readonly #resolve: Resolver;
  readonly #places: () => Places;
  readonly #events: EndpointSetEvents;
  readonly #changed: () => void;
  readonly #known = new Map<string, Endpoint>();
  /** By hostname: the last good addresses, empty when there never were any. */
  readonly #resolved = new Map<string, readonly string[]>();
  readonly #pending = new Set<string>();
  #sources: readonly PlannedEndpoint[] = [];
  #hostnames: readonly string[] = [];
  #refreshedAtMs = 0;
  #failed = false;
  #closed = false;

  /** `places` makes those of a new endpoint; `changed` is called after each change of `serving`. */
  constructor(resolve: Resolver, places: () => Places, events: EndpointSetEvents, changed: () => void) {
    this.#resolve = resolve;
    this.#places = places;
    this.#events = events;
    this.#changed = changed;
  }

  /**
   * Takes over what the catalog says: at once, unless a name is new. Then the former endpoints serve until it is
   * resolved, and the promise, which never rejects, tells when.
   */
  configure(pool: PlannedPool): Promise<void> {
    this.#sources = pool.endpoints.length > 0 ? pool.endpoints : [serviceOf(pool)];
    const names = new Set(this.#sources.map((source) => source.address).filter((address) => isIP(address) === 0));
    this.#hostnames = [...names];
    for (const name of this.#resolved.keys()) if (!names.has(name)) this.#resolved.delete(name);
    return this.#settle(this.#hostnames.filter((name) => !this.#resolved.has(name)));
  }

  /** Resolves all names again when `everyMs` have passed since the last time, or sooner after a failure. */
  sweep(nowMs: number, everyMs: number): void {
    const waitMs = this.#failed ? Math.min(everyMs, RETRY_MS) : everyMs;
    if (this.#hostnames.length === 0 || nowMs < this.#refreshedAtMs + waitMs) return;
    this.#refreshedAtMs = nowMs;
    this.#failed = false;
    void this.#settle(this.#hostnames);
  }

  /** Every endpoint that has a request or may take one. */
  all(): Iterable<Endpoint> {
    return this.#known.values();
  }

  /** Call when a request left a draining endpoint. */
  forgetIdle(endpoint: Endpoint): void {
    if (endpoint.draining && endpoint.idle) this.#known.delete(keyOf(endpoint.ip, endpoint));
  }

  /** The same for all: where other threads give places back, too. */
  forgetAllIdle(): void {
    for (const endpoint of this.#known.values()) this.forgetIdle(endpoint);
  }

  close(): void {
    this.#closed = true;
    this.serving = [];
  }

  async #settle(hostnames: readonly string[]): Promise<void> {
    if (hostnames.length > 0) await Promise.all(hostnames.map((hostname) => this.#lookup(hostname)));
    this.#apply();
  }

  async #lookup(hostname: string): Promise<void> {
    if (this.#pending.has(hostname)) return;
    this.#pending.add(hostname);
    try {
      const found = this.#allowed(hostname, await this.#resolve(hostname));
      if (found.length === 0) throw new Error(`no address for \`${hostname}\` that may be used`);
      this.#resolved.set(hostname, found);
    } catch (cause) {
      this.#failed = true;
      if (!this.#resolved.has(hostname)) this.#resolved.set(hostname, []);
      if (!this.#closed) this.#events.unresolved(hostname, cause);
    } finally {
      this.#pending.delete(hostname);
    }
  }

  #allowed(hostname: string, ips: readonly string[]): string[] {
    return ips.filter((ip) => {
      const forbidden = isForbiddenAddress(ip);
      if (forbidden) this.#events.addressRefused(hostname, ip);
      return !forbidden;
    });
  }

  /** Does nothing while a name is still being resolved for the first time: the lookup that ends last applies all. */
  #apply(): void {
    const wanted = this.#closed ? null : this.#wanted();
    if (wanted === null) return;
    for (const [key, endpoint] of this.#known) {
      if (wanted.has(key) || endpoint.draining) continue;
      endpoint.draining = true;
      this.forgetIdle(endpoint);
      this.#events.removed(endpoint);
    }
    for (const [key, endpoint] of wanted) {
      if (this.#known.has(key) && !endpoint.draining) continue;
      endpoint.draining = false;
      this.#known.set(key, endpoint);
      this.#events.added(endpoint);
    }
    this.serving = [...wanted.values()];
    this.#changed();
  }

  #wanted(): Map<string, Endpoint> | null {
    const wanted = new Map<string, Endpoint>();
    for (const source of this.#sources) {
      const { address, httpPort, realtimePort } = source;
      const ips = isIP(address) === 0 ? this.#resolved.get(address) : this.#allowed(address, [address]);
      if (ips === undefined) return null;
      for (const ip of ips) {
        const key = keyOf(ip, source);
        // Two names for one address are one endpoint: its workers exist once.
        wanted.set(key, this.#known.get(key) ?? new Endpoint(address, ip, httpPort, realtimePort, this.#places()));
      }
    }
    return wanted;
  }
}

function serviceOf({ service, namespace }: PlannedPool): PlannedEndpoint {
  return {
    address: `${service.name}.${namespace}.svc`,
    httpPort: service.httpPort,
    realtimePort: service.realtimePort,
  };
}

function keyOf(ip: string, ports: { readonly httpPort: number; readonly realtimePort: number }): string {
  return `${ip} ${ports.httpPort} ${ports.realtimePort}`;
}
