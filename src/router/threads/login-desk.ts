import type { Clock } from "../../core/clock.ts";
import type {
  FailedLoginLimits,
  LoginBlock,
  LoginFailures,
  LoginRefusal,
  LoginTicket,
} from "../../policy/limits/login-failures.ts";
import type { LoginOutcome } from "../../policy/limits/login-outcome.ts";
import type { LoginAsk } from "../login-gate.ts";

/** A thread's attempts to log in, as the scheduler holds them: by number, so that they can be ended when the thread is gone. */
export class LoginDesk {
  readonly #failures: LoginFailures;
  readonly #clock: Clock;
  readonly #held = new Map<number, { readonly ticket: LoginTicket; readonly limits: FailedLoginLimits }>();
  #last = 0;

  constructor(failures: LoginFailures, clock: Clock) {
    this.#failures = failures;
    this.#clock = clock;
  }

  knows({
    tenant,
    network,
    login,
  }: {
    readonly tenant: string;
    readonly network: string;
    readonly login: string;
  }): boolean {
    return this.#failures.knows(tenant, network, login, this.#clock.nowMs());
  }

  begin({ tenant, network, login, attempt, limits }: LoginAsk): number | LoginRefusal {
    const begun = this.#failures.begin(tenant, network, login, attempt, limits, this.#clock.nowMs());
    if ("why" in begun) return begun;
    this.#held.set(++this.#last, { ticket: begun, limits });
    return this.#last;
  }

  settle(attempt: number, outcome: LoginOutcome, limits: FailedLoginLimits): readonly LoginBlock[] {
    const held = this.#held.get(attempt);
    if (held === undefined) return [];
    this.#held.delete(attempt);
    return this.#failures.settle(held.ticket, outcome, limits, this.#clock.nowMs());
  }

  /** What is under way ends without an outcome: its thread is gone. */
  close(): void {
    for (const [attempt, { limits }] of this.#held) this.settle(attempt, "unknown", limits);
  }
}
