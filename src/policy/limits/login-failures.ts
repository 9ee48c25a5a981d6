import type { BlockTimes, FailureTally, Hold } from "./failure-tally.ts";
import type { LoginAttempt } from "./login-outcome.ts";
import { type HeldEntries, TenantLogins } from "./tenant-logins.ts";

/** When failed logins slow a client down and when they block it. */
export interface FailedLoginLimits extends BlockTimes {
  /** Failures of one client with one name from which each further attempt has to wait. */
  readonly delayAfter: number;
  /** Failures of one client with one name that block this name for it. */
  readonly blockAfter: number;
  /** Failures of one client, with all names that never succeeded from it, that block them for it. */
  readonly clientBlockAfter: number;
  /** Failures with one name, of all clients that never succeeded with it, that block it for them. */
  readonly loginBlockAfter: number;
}

/** What is held back: one name from one client, a client's names that never succeeded, or a name for strangers. */
export const loginScopes = ["client_login", "client", "login"] as const;
export type LoginScope = (typeof loginScopes)[number];

/** An attempt that does not go through now. */
export interface LoginRefusal {
  readonly why: Hold["why"] | "delayed";
  readonly scope: LoginScope;
  readonly waitMs: number;
}

/** An attempt that goes through: to be given back to `settle`, once, whatever became of it. */
export interface LoginTicket {
  readonly tenant: TenantLogins;
  readonly network: string;
  /** Keyed hash of the name; null where none was seen. */
  readonly login: string | null;
  /** Whether this name succeeded from this client before. */
  readonly known: boolean;
  readonly pair: FailureTally;
  /** Null where the attempt does not count there. */
  readonly client: FailureTally | null;
  readonly name: FailureTally | null;
}

/** A block that a failure began. */
export interface LoginBlock {
  readonly scope: LoginScope;
  readonly blockMs: number;
}

/** Attempts of one name under way at once from where it succeeded before: integrations log in before every call. */
const KNOWN_PARALLEL_MAX = 64;
/** The first wait; doubles with each failure up to `DELAY_MAX_MS`. */
const DELAY_BASE_MS = 1_000;
const DELAY_MAX_MS = 30_000;

/**
 * Failed logins of all tenants, by client network and by name, in bounded memory.
 *
 * Three tallies: of a client with one name, of a client with all names that never succeeded from it, and of a name from
 * all clients that never succeeded with it. So a stranger's failures never touch a name where its owner logs in, people
 * of one office do not pay for each other, and an own account resets nothing but itself: a success takes back the share
 * of its own name, and no more. Attempts without a name have a tally for each client and kind, which no success resets.
 */
export class LoginFailures {
  readonly #tenants = new Map<string, TenantLogins>();
  readonly #entriesMax: number;
  readonly #held: HeldEntries = { entries: 0 };

  /** Remembers at most `entriesMax` tallies and names, whatever comes. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** Entries held now. */
  get size(): number {
    return this.#held.entries;
  }

  /** Whether a name succeeded from this network lately: other limits on names may let it pass, too. */
  knows(tenant: string, network: string, login: string, nowMs: number): boolean {
    return this.#tenants.get(tenant)?.knows(login, network, nowMs) ?? false;
  }

  /** Lets an attempt go through, or says why not. `network` as `clientNetwork` gives it. */
  begin(
    tenantName: string,
    network: string,
    login: string | null,
    attempt: LoginAttempt,
    limits: FailedLoginLimits,
    nowMs: number,
  ): LoginTicket | LoginRefusal {
    const before = this.#tenants.get(tenantName) ?? nobody;
    const known = login !== null && before.knows(login, network, nowMs);
    const pairKey = `p ${network} ${login ?? attempt}`;
    const strange = !known && countsForClient(login, attempt);
    const refused =
      (login === null
        ? holdNameless(before.find(pairKey), attempt, limits, nowMs)
        : holdNamed(before.find(pairKey), known, limits, nowMs)) ??
      (strange ? holdBy("client", before.find(`c ${network}`), limits.clientBlockAfter, limits, nowMs) : null) ??
      (strange ? holdBy("login", before.find(`n ${login}`), limits.loginBlockAfter, limits, nowMs) : null);
    if (refused !== null) return refused;
    this.#makeRoom(limits, nowMs);
    const tenant = this.#tenantOf(tenantName);
    const pair = tenant.open(pairKey, limits, nowMs);
    const client = strange && login !== null ? tenant.open(`c ${network}`, limits, nowMs) : null;
    const name = strange && login !== null ? tenant.open(`n ${login}`, limits, nowMs) : null;
    pair.pending++;
    if (client !== null) client.pending++;
    if (name !== null) name.pending++;
    return { tenant, network, login, known, pair, client, name };
  }

  /** Takes note of how an attempt ended; the blocks that it began, widest first. */
  settle(
    ticket: LoginTicket,
    outcome: "failed" | "succeeded" | "unknown",
    limits: FailedLoginLimits,
    nowMs: number,
  ): readonly LoginBlock[] {
    const { tenant, pair, client, name } = ticket;
    pair.pending--;
    if (client !== null) client.pending--;
    if (name !== null) name.pending--;
    if (outcome === "failed") return fail(ticket, limits, nowMs);
    if (outcome === "succeeded" && ticket.login !== null) succeed(ticket, ticket.login, limits, nowMs);
    tenant.dropEmpty(limits, nowMs, pair, client, name);
    this.#forgetIfEmpty(tenant);
    return none;
  }

  #tenantOf(name: string): TenantLogins {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      tenant = new TenantLogins(name, this.#held);
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }

  /** Room for one attempt, of the tenant that has the most: one under attack costs no other its entries. */
  #makeRoom(limits: FailedLoginLimits, nowMs: number): void {
    while (this.#held.entries + ENTRIES_PER_ATTEMPT > this.#entriesMax) {
      let largest: TenantLogins | null = null;
      for (const tenant of this.#tenants.values()) if (tenant.size > (largest?.size ?? 0)) largest = tenant;
      if (largest?.evict(limits, nowMs) !== true) return;
      this.#forgetIfEmpty(largest);
    }
  }

  #forgetIfEmpty(tenant: TenantLogins): void {
    if (tenant.size === 0) this.#tenants.delete(tenant.name);
  }
}

/** An attempt opens at most three tallies and one known name. */
const ENTRIES_PER_ATTEMPT = 4;
const none: readonly LoginBlock[] = [];
/** Stands for a tenant of whom nothing is remembered. */
const nobody = new TenantLogins("", { entries: 0 });

/** Whether an attempt counts for the client as a whole: calls with a password of their own are an integration's. */
function countsForClient(login: string | null, attempt: LoginAttempt): boolean {
  return login !== null || (attempt !== "rpc_call" && attempt !== "bearer");
}

function holdNamed(
  pair: FailureTally | null,
  known: boolean,
  limits: FailedLoginLimits,
  nowMs: number,
): LoginRefusal | null {
  if (pair === null) return null;
  const failures = pair.failures(limits, nowMs);
  const limit = known && failures === 0 ? KNOWN_PARALLEL_MAX : limits.blockAfter;
  const held = holdBy("client_login", pair, limit, limits, nowMs);
  if (held !== null || failures < limits.delayAfter) return held;
  const delayMs = Math.min(DELAY_BASE_MS * 2 ** (failures - limits.delayAfter), DELAY_MAX_MS);
  const waitMs = pair.pending > 0 ? DELAY_BASE_MS : pair.usedMs + delayMs - nowMs;
  return waitMs > 0 ? { why: "delayed", scope: "client_login", waitMs } : null;
}

/**
 * Without a name all of a client's attempts of one kind share a tally, an office's integrations for example. They get the
 * client's room; calls may come in any number at once, as they did before the first failed.
 */
function holdNameless(
  pair: FailureTally | null,
  attempt: LoginAttempt,
  limits: FailedLoginLimits,
  nowMs: number,
): LoginRefusal | null {
  if (pair === null || (!countsForClient(null, attempt) && pair.failures(limits, nowMs) === 0)) return null;
  return holdBy("client_login", pair, limits.clientBlockAfter, limits, nowMs);
}

function holdBy(
  scope: LoginScope,
  tally: FailureTally | null,
  limit: number,
  limits: FailedLoginLimits,
  nowMs: number,
): LoginRefusal | null {
  const hold = tally?.hold(limit, limits, nowMs) ?? null;
  return hold === null ? null : { why: hold.why, scope, waitMs: hold.waitMs };
}

function fail(ticket: LoginTicket, limits: FailedLoginLimits, nowMs: number): LoginBlock[] {
  const { pair, client, name, login } = ticket;
  const pairLimit = login === null ? limits.clientBlockAfter : limits.blockAfter;
  const nth = pair.failures(limits, nowMs) + 1;
  const blocks: [LoginScope, number][] = [["client_login", pair.fail(pairLimit, limits, nowMs)]];
  // A program that repeats one wrong password blocks itself, and does not use up the room of its whole office.
  if (client !== null && nth <= limits.blockAfter) {
    blocks.push(["client", client.fail(limits.clientBlockAfter, limits, nowMs)]);
  }
  if (name !== null) blocks.push(["login", name.fail(limits.loginBlockAfter, limits, nowMs)]);
  return blocks
    .filter(([, blockMs]) => blockMs > 0)
    .map(([scope, blockMs]) => ({ scope, blockMs }))
    .reverse();
}

/** The name's owner, or one who knows the password: the failures before were mistypes, and this client is a known one. */
function succeed(ticket: LoginTicket, login: string, limits: FailedLoginLimits, nowMs: number): void {
  const { tenant, network, pair, client, name } = ticket;
  const share = pair.failures(limits, nowMs);
  client?.takeBack(Math.min(share, limits.blockAfter));
  name?.takeBack(share);
  pair.clear();
  tenant.remember(login, network, nowMs);
}
