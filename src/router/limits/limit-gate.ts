import type { RedisSettings, RuleLimits } from "../../plan/types.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import type { Asker } from "../asker.ts";

/** In place of a wait: the store is asked, and `limitAnswered` is called later. */
export const ASKED = -1;
/** In place of a wait: the store does not answer, and the rule refuses then. */
export const UNAVAILABLE = -2;

/** Who asked whether a request is within its limits. */
export interface LimitAsker extends Asker {
  /** Once for each `ASKED`: 0 when granted, milliseconds to wait, or `UNAVAILABLE`. Never within `ask`. */
  limitAnswered(waitMs: number): void;
}

/** Limits that processes share, as the steps ask them. */
export interface LimitGate {
  readonly settings: RedisSettings;
  /** What login names must be hashed with for `askLogin`. */
  readonly loginKey: HashKey;
  /** Resolves when the store could be asked for the first time. */
  readonly connected: Promise<void>;
  /**
   * Counts one request: 0 when it is within both limits of its rule, else whole milliseconds until it would be, or
   * `ASKED`, or `UNAVAILABLE`. A refused one takes from neither. `client` is whatever the rule counts clients by.
   */
  ask(limits: RuleLimits, tenant: string, rule: LimitedRule, client: string, asker: LimitAsker): number;
  /** As `ask`, for one try of a login name, given by its hash, within `perLogin`. */
  askLogin(limits: RuleLimits, tenant: string, rule: LimitedRule, loginHash: string, asker: LimitAsker): number;
  close(): void;
}
