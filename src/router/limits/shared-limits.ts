/**
 * Limits that processes share: what a request may do is decided here, at once (hybrid) or after a question to the store
 * (strict), and by the rule's failure mode where the store does not answer. No request waits longer than the budget.
 */
import type { Clock } from "../../core/clock.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { LimitConsistency } from "../../metrics/labels.ts";
import type { RedisSettings, RuleLimits } from "../../plan/types.ts";
import { type Debt, Debts, take, waitMs } from "../../policy/limits/debts.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import { ASKED, type LimitAsker, type LimitGate, UNAVAILABLE } from "./limit-gate.ts";
import { RedisStore } from "./redis-store.ts";
import type { LimitStore } from "./store.ts";
import { StoreAsks } from "./store-asks.ts";
import { StoreKeys } from "./store-keys.ts";
import { readStoreSecrets } from "./store-secrets.ts";
import { StoreSync } from "./store-sync.ts";
import { type LimitEvents, StoreWatch } from "./store-watch.ts";

/** Buckets remembered at once: two for each of 100,000 busy clients. */
const DEBTS_MAX = 200_000;

export interface SharedLimitsDeps {
  readonly metrics: EdgeMetrics;
  readonly events: LimitEvents;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const failureResults = { Local: "failed_local", Open: "failed_open", Closed: "failed_closed" } as const;

export class SharedLimits implements LimitGate {
  readonly settings: RedisSettings;
  /** What login names must be hashed with for `askLogin`. */
  readonly loginKey: HashKey;
  readonly #store: LimitStore;
  readonly #metrics: EdgeMetrics;
  readonly #clock: Clock;
  readonly #debts = new Debts(DEBTS_MAX);
  readonly #syncWatch: StoreWatch;
  readonly #asks: StoreAsks;
  readonly #sync: StoreSync;
  readonly #timer: NodeJS.Timeout;

  /** Connects as `settings` say. Throws, without a secret in the message, when a secret or certificate cannot be read. */
  static open(settings: RedisSettings, deps: SharedLimitsDeps): SharedLimits {
    const secrets = readStoreSecrets(settings);
    const keys = new StoreKeys(settings.keyPrefix, secrets.hashKey);
    let opened: SharedLimits | null = null;
    const events: LimitEvents = {
      ...deps.events,
      connected() {
        void opened?.warmUp();
        deps.events.connected();
      },
    };
    const store = new RedisStore(settings, secrets, events, deps.random);
    opened = new SharedLimits(settings, store, keys, deps);
    return opened;
  }

  /** For tests with a store of their own; else `open`. */
  constructor(settings: RedisSettings, store: LimitStore, keys: StoreKeys, deps: SharedLimitsDeps) {
    const { metrics, events, clock, random } = deps;
    this.settings = settings;
    this.loginKey = keys.loginKey;
    this.#store = store;
    this.#metrics = metrics;
    this.#clock = clock;
    const askWatch = new StoreWatch("ask", metrics, events, clock, random);
    this.#syncWatch = new StoreWatch("sync", metrics, events, clock, random);
    const onOverrun = () => metrics.increment("limit_store_overruns_total");
    this.#asks = new StoreAsks(store, keys, askWatch, clock, settings.budgetMs, onOverrun);
    this.#sync = new StoreSync(store, keys, this.#syncWatch, clock, settings.syncIntervalMs);
    this.#timer = setInterval(() => this.#tick(), settings.syncIntervalMs);
    metrics.observe("limit_store_connected", () => (store.ready ? 1 : 0));
    metrics.observe("limit_keys", () => this.#debts.size);
    metrics.observe("limit_store_open", () => [
      [["ask"], askWatch.open ? 1 : 0],
      [["sync"], this.#syncWatch.open ? 1 : 0],
    ]);
  }

  get connected(): Promise<void> {
    return this.#store.connected;
  }

  /** Runs the script once, so that the store has it. */
  async warmUp(): Promise<void> {
    await this.#asks.warmUp();
  }

  ask(limits: RuleLimits, tenant: string, rule: LimitedRule, client: string, asker: LimitAsker): number {
    const { perTenant, perClient } = limits;
    const all = perTenant === null ? null : this.#debts.of(tenant, rule, "", perTenant);
    const own = perClient === null ? null : this.#debts.of(tenant, rule, client, perClient);
    return this.#ask(limits, all, own, asker);
  }

  /** As `ask`, for one try of a login name, given by its hash, within `perLogin`. */
  askLogin(limits: RuleLimits, tenant: string, rule: LimitedRule, loginHash: string, asker: LimitAsker): number {
    const own = this.#debts.of(tenant, rule, `login:${loginHash}`, limits.perLogin!);
    return this.#ask(limits, null, own, asker);
  }

  #ask(limits: RuleLimits, all: Debt | null, own: Debt | null, asker: LimitAsker): number {
    if (limits.consistency === "Strict") return this.#askStrictly(limits, all, own, asker);
    if (!this.#store.ready || this.#syncWatch.open) return this.#fallBack(limits, "hybrid", all, own);
    return this.#counted("hybrid", this.#takeHere(all, own));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#store.close();
  }

  #askStrictly(limits: RuleLimits, all: Debt | null, own: Debt | null, asker: LimitAsker): number {
    const debts = all === null ? (own === null ? [] : [own]) : own === null ? [all] : [all, own];
    const asked = this.#asks.ask(debts, {
      answered: (wait) => asker.limitAnswered(this.#counted("strict", wait)),
      unanswered: () => asker.limitAnswered(this.#fallBack(limits, "strict", all, own)),
    });
    return asked ? ASKED : this.#fallBack(limits, "strict", all, own);
  }

  #counted(consistency: LimitConsistency, wait: number): number {
    this.#metrics.limitDecided(consistency, wait === 0 ? "granted" : "refused");
    return wait;
  }

  #fallBack({ failureMode }: RuleLimits, consistency: LimitConsistency, all: Debt | null, own: Debt | null): number {
    this.#metrics.limitDecided(consistency, failureResults[failureMode]);
    if (failureMode === "Open") return 0;
    return failureMode === "Closed" ? UNAVAILABLE : this.#takeHere(all, own);
  }

  /** Takes one token of each here, or of none, and has the store told. */
  #takeHere(all: Debt | null, own: Debt | null): number {
    const nowMs = this.#clock.nowMs();
    const wait = Math.max(all === null ? 0 : waitMs(all, nowMs), own === null ? 0 : waitMs(own, nowMs));
    if (wait > 0) return wait;
    if (all !== null) this.#spend(all, nowMs);
    if (own !== null) this.#spend(own, nowMs);
    return 0;
  }

  #spend(debt: Debt, nowMs: number): void {
    take(debt, 1, nowMs);
    this.#sync.note(debt, nowMs);
  }

  #tick(): void {
    void this.#sync.exchange();
    void this.#asks.tryAgain();
  }
}
