/**
 * The rate limits of tenants, clients and login names: which bucket a request takes from, and what its client is told.
 *
 * Tenants have a table of their own. Only the catalog makes tenants, so no crowd of clients can fill it, and no tenant
 * ever shares a bucket. Hot: nothing allocates; what was decided is left in fields. bench/micro/rate-table.ts.
 */
import { writeClient } from "./client-words.ts";
import { afterTaking, type RateLimit, remaining, underLimit, waitMs } from "./gcra.ts";
import { type HashKey, KeyedHash } from "./keyed-hash.ts";
import { type RateBuffer, RateTable } from "./rate-table.ts";

/** What a limit counts together. */
export type RateScope = "tenant" | "client" | "login";

/** The secrets of an edge's buckets. */
export interface RateKeys {
  /** Hides where in the tables a client is. */
  readonly place: HashKey;
  /** Hides login names. */
  readonly login: HashKey;
}

/** What every thread of an edge needs to count in the same buckets; `shared` memory where there are several. */
export interface RateMemory {
  readonly tenants: RateBuffer;
  readonly clients: RateBuffer;
  readonly keys: RateKeys;
}

/** A tenant's name as 64 bits; no secret. */
export interface TenantId {
  readonly hi: number;
  readonly lo: number;
}

/** Sets of seven buckets: 16 MiB for 917,504 clients and login names, 1 MiB for 57,344 rules of tenants. */
const CLIENT_SETS = 1 << 17;
const TENANT_SETS = 1 << 13;

/** What of the memory for rates can be chosen. */
interface RateSizes {
  /** Several threads count in it. */
  readonly shared: boolean;
  readonly clientSets?: number;
  readonly tenantSets?: number;
}

/** New memory, its buckets full; pages are taken from the system as they are used. `keys` must be drawn at random. */
export function allocateRates(
  keys: RateKeys,
  { shared, clientSets = CLIENT_SETS, tenantSets = TENANT_SETS }: RateSizes,
): RateMemory {
  return { tenants: RateTable.allocate(tenantSets, shared), clients: RateTable.allocate(clientSets, shared), keys };
}

const tenantHash = new KeyedHash({ k0: 0, k1: 0 });

/** The id of a tenant by its name; the same in every process. */
export function tenantId(name: string): TenantId {
  tenantHash.text(name);
  return { hi: tenantHash.hi, lo: tenantHash.lo };
}

/** Kinds of keys in the clients' table, above the rule's number. */
const CLIENT_KIND = 1 << 8;
const LOGIN_KIND = 2 << 8;

/** One thread's way to the buckets. */
export class RateLimits {
  readonly tenants: RateTable;
  readonly clients: RateTable;
  /** Hashes login names for `takeLogin`. */
  logins: KeyedHash;
  readonly #loginKey: HashKey;
  readonly #hash: KeyedHash;
  /** Tenant, rule and kind, and the client's address or the name's hash. */
  readonly #words = new Int32Array(6);
  /** Whose bucket refused; only after a refusal. */
  refusedBy: RateScope = "client";
  /** What the client has left in its own bucket, and in how many whole seconds that is full again. */
  remaining = 0;
  resetS = 0;

  constructor({ tenants, clients, keys }: RateMemory) {
    this.tenants = new RateTable(tenants);
    this.clients = new RateTable(clients);
    this.#loginKey = keys.login;
    this.logins = new KeyedHash(keys.login);
    this.#hash = new KeyedHash(keys.place);
  }

  /** Hashes login names with `key` from now on, where others count them, too; with the key of our own for null. */
  shareLogins(key: HashKey | null): void {
    this.logins = new KeyedHash(key ?? this.#loginKey);
  }

  /**
   * The present, to be told before a request is taken: milliseconds of one monotonic clock for all threads. One that is
   * behind what was told before is not believed: a request that took long to arrive must not turn time back.
   */
  set nowMs(nowMs: number) {
    if (nowMs < this.clients.nowMs) return;
    this.tenants.nowMs = nowMs;
    this.clients.nowMs = nowMs;
  }

  /**
   * Takes one request of each limit or none at all: 0 when all grant it, else whole milliseconds until they would. Rules
   * are told apart by number, from 0 to 255. `remaining` and `resetS` are set where there is a limit per client.
   */
  take(
    tenant: TenantId,
    rule: number,
    address: string,
    perTenant: RateLimit | null,
    perClient: RateLimit | null,
  ): number {
    // Always the tenant's lock first: two threads can never wait for each other.
    const tenantWaitMs = perTenant === null ? 0 : this.#openTenant(tenant, rule, perTenant);
    const clientWaitMs = perClient === null ? 0 : this.#openClient(tenant, rule, address, perClient);
    const wait = Math.max(tenantWaitMs, clientWaitMs);
    if (perClient !== null) this.#settleClient(perClient, wait);
    if (perTenant !== null) settle(this.tenants, perTenant, wait);
    if (wait > 0) this.refusedBy = clientWaitMs > 0 ? "client" : "tenant";
    return wait;
  }

  /** Takes one request of a login name, given by its hash: 0 when granted, else whole milliseconds to wait. */
  takeLogin(tenant: TenantId, rule: number, loginHi: number, loginLo: number, limit: RateLimit): number {
    const words = this.#words;
    words[3] = 0;
    words[4] = loginHi;
    words[5] = loginLo;
    this.#openWords(tenant, LOGIN_KIND | rule);
    const wait = openedWaitMs(this.clients, limit);
    settle(this.clients, limit, wait);
    if (wait > 0) this.refusedBy = "login";
    return wait;
  }

  #openTenant({ hi, lo }: TenantId, rule: number, limit: RateLimit): number {
    this.tenants.open((hi + rule) | 0, lo);
    return openedWaitMs(this.tenants, limit);
  }

  #openClient(tenant: TenantId, rule: number, address: string, limit: RateLimit): number {
    writeClient(address, this.#words, 3);
    this.#openWords(tenant, CLIENT_KIND | rule);
    return openedWaitMs(this.clients, limit);
  }

  #openWords({ hi, lo }: TenantId, kind: number): void {
    const words = this.#words;
    words[0] = hi;
    words[1] = lo;
    words[2] = kind;
    this.#hash.mix(words);
    this.clients.open(this.#hash.hi, this.#hash.lo);
  }

  #settleClient(limit: RateLimit, wait: number): void {
    const { clients } = this;
    settle(clients, limit, wait);
    this.remaining = remaining(clients.tatMs, limit, clients.nowMs);
    this.resetS = Math.ceil(Math.max(0, clients.tatMs - clients.nowMs) / 1000);
  }
}

/** A bucket that newcomers share stays as it is: what others owe there is not for this limit to forgive. */
function openedWaitMs(table: RateTable, limit: RateLimit): number {
  if (!table.shared) table.tatMs = underLimit(table.tatMs, limit, table.nowMs);
  return waitMs(table.tatMs, limit, table.nowMs);
}

/** Charges the open bucket, or after a refusal leaves it as it is, in its own place where it has one; closes it. */
function settle(table: RateTable, limit: RateLimit, wait: number): void {
  if (wait === 0) table.tatMs = afterTaking(table.tatMs, limit, table.nowMs);
  if (wait === 0 || !table.shared) table.keep();
  table.close();
}
