import { type BlockTimes, FailureTally } from "./failure-tally.ts";

/** Networks remembered for a name: office, home, phone and some more. */
const NETWORKS_PER_LOGIN_MAX = 8;
/** How long a success from a network counts: a month covers a holiday. */
const KNOWN_MS = 30 * 24 * 3_600_000;
/** Tallies of one tenant, and as many names: one tenant under attack leaves the others their memory. */
const TALLIES_MAX = 4_096;
const LOGINS_MAX = 4_096;

/** Entries of all tenants together. */
export interface HeldEntries {
  entries: number;
}

/**
 * One tenant's tallies of failed logins, and where each name succeeded.
 *
 * Both are bounded. Of tallies the one goes first that says the least: nothing under way, no block, the fewest
 * failures, and of those the oldest. So a flood of fresh entries pushes out its own kind, and each of them has cost a
 * password check. A name is remembered only after a success, so nobody fills that table with guesses.
 */
export class TenantLogins {
  readonly name: string;
  readonly #held: HeldEntries;
  readonly #tallies = new Map<string, FailureTally>();
  /** By name, least recent success first: networks and when they last succeeded, least recent first. */
  readonly #known = new Map<string, Map<string, number>>();

  /** `held` is where entries of all tenants are counted. */
  constructor(name: string, held: HeldEntries) {
    this.name = name;
    this.#held = held;
  }

  get size(): number {
    return this.#tallies.size + this.#known.size;
  }

  find(key: string): FailureTally | null {
    return this.#tallies.get(key) ?? null;
  }

  /** The tally of `key`, a new one where there is none. */
  open(key: string, times: BlockTimes, nowMs: number): FailureTally {
    const found = this.#tallies.get(key);
    if (found !== undefined) return found;
    if (this.#tallies.size >= TALLIES_MAX) this.#evictTally(times, nowMs);
    const tally = new FailureTally(key, nowMs);
    this.#tallies.set(key, tally);
    this.#held.entries++;
    return tally;
  }

  /** Whether `login` succeeded from `network` lately. */
  knows(login: string, network: string, nowMs: number): boolean {
    const successMs = this.#known.get(login)?.get(network);
    return successMs !== undefined && nowMs < successMs + KNOWN_MS;
  }

  remember(login: string, network: string, nowMs: number): void {
    const networks = this.#known.get(login) ?? new Map<string, number>();
    if (!this.#known.delete(login)) this.#held.entries++;
    this.#known.set(login, networks);
    networks.delete(network);
    networks.set(network, nowMs);
    if (networks.size > NETWORKS_PER_LOGIN_MAX) dropFirst(networks);
    if (this.#known.size > LOGINS_MAX) this.#dropOldestLogin();
  }

  /** Forgets those of `tallies` that say nothing: an attempt without a failure leaves no trace. */
  dropEmpty(times: BlockTimes, nowMs: number, ...tallies: readonly (FailureTally | null)[]): void {
    for (const tally of tallies) if (tally !== null && tally.weight(times, nowMs) === 0) this.#drop(tally);
  }

  /** Gives up one entry; false when there is none that could be. */
  evict(times: BlockTimes, nowMs: number): boolean {
    if (this.#evictTally(times, nowMs)) return true;
    if (this.#known.size === 0) return false;
    this.#dropOldestLogin();
    return true;
  }

  #evictTally(times: BlockTimes, nowMs: number): boolean {
    let least: FailureTally | null = null;
    let leastWeight = Number.POSITIVE_INFINITY;
    for (const tally of this.#tallies.values()) {
      const weight = tally.weight(times, nowMs);
      if (weight < leastWeight || (weight === leastWeight && least !== null && tally.usedMs < least.usedMs)) {
        least = tally;
        leastWeight = weight;
      }
    }
    if (least !== null) this.#drop(least);
    return least !== null;
  }

  #drop(tally: FailureTally): void {
    if (this.#tallies.delete(tally.key)) this.#held.entries--;
  }

  #dropOldestLogin(): void {
    dropFirst(this.#known);
    this.#held.entries--;
  }
}

function dropFirst<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
