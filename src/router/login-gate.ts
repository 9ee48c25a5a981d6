/** Who may try to log in, as the steps ask it: decided here, or by the one who decides for all threads. */
import type { Clock } from "../core/clock.ts";
import type {
  FailedLoginLimits,
  LoginBlock,
  LoginFailures,
  LoginRefusal,
  LoginTicket,
} from "../policy/limits/login-failures.ts";
import type { LoginAttempt, LoginOutcome } from "../policy/limits/login-outcome.ts";
import type { Asker } from "./asker.ts";

/** An attempt that wants to go through. */
export interface LoginAsk {
  readonly tenant: string;
  /** As `clientNetwork` gives it. */
  readonly network: string;
  /** Keyed hash of the name; null where none was seen. */
  readonly login: string | null;
  readonly attempt: LoginAttempt;
  readonly limits: FailedLoginLimits;
}

/** Who asked. */
export interface LoginAsker extends Asker {
  /** Once for each `asked` of `knows`. Never within it. */
  loginKnown(known: boolean): void;
  /** Once for each `asked` of `begin`. Never within it. */
  loginBegun(begun: HeldLogin | LoginRefusal): void;
}

/** An attempt that goes through, until it is over. */
export interface HeldLogin {
  /** To be called once, whatever became of it; `told` gets the blocks that it began, widest first. */
  settle(outcome: LoginOutcome, limits: FailedLoginLimits, told: (blocks: readonly LoginBlock[]) => void): void;
}

export interface LoginGate {
  /** Entries held now. */
  readonly size: number;
  /** Whether a name succeeded from this network lately. */
  knows(tenant: string, network: string, login: string, asker: LoginAsker): boolean | "asked";
  /** Lets an attempt go through, or says why not. */
  begin(ask: LoginAsk, asker: LoginAsker): HeldLogin | LoginRefusal | "asked";
}

/** Decides at once. */
export class OwnLogins implements LoginGate {
  readonly #failures: LoginFailures;
  readonly #clock: Clock;

  constructor(failures: LoginFailures, clock: Clock) {
    this.#failures = failures;
    this.#clock = clock;
  }

  get size(): number {
    return this.#failures.size;
  }

  knows(tenant: string, network: string, login: string): boolean {
    return this.#failures.knows(tenant, network, login, this.#clock.nowMs());
  }

  begin({ tenant, network, login, attempt, limits }: LoginAsk): HeldLogin | LoginRefusal {
    const begun = this.#failures.begin(tenant, network, login, attempt, limits, this.#clock.nowMs());
    return "why" in begun ? begun : new OwnHeldLogin(this.#failures, this.#clock, begun);
  }
}

class OwnHeldLogin implements HeldLogin {
  readonly #failures: LoginFailures;
  readonly #clock: Clock;
  readonly #ticket: LoginTicket;

  constructor(failures: LoginFailures, clock: Clock, ticket: LoginTicket) {
    this.#failures = failures;
    this.#clock = clock;
    this.#ticket = ticket;
  }

  settle(outcome: LoginOutcome, limits: FailedLoginLimits, told: (blocks: readonly LoginBlock[]) => void): void {
    told(this.#failures.settle(this.#ticket, outcome, limits, this.#clock.nowMs()));
  }
}
