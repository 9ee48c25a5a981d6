/** What a thread that serves asks the scheduler, which counts for all threads: rare things, for a message each. */
import type { RedisSettings, RuleLimits } from "../../plan/types.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";
import type { FailedLoginLimits, LoginBlock } from "../../policy/limits/login-failures.ts";
import type { LoginOutcome } from "../../policy/limits/login-outcome.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import { ASKED, type LimitAsker, type LimitGate } from "../limits/limit-gate.ts";
import type { HeldLogin, LoginAsk, LoginAsker, LoginGate } from "../login-gate.ts";
import type { SocketAsker, SocketCaps, SocketGate } from "../socket-counts.ts";
import type { ThreadLine } from "./pool-in-thread.ts";

/** Sockets of tenants and clients. */
export class SocketsInThread implements SocketGate {
  readonly #line: ThreadLine;

  constructor(line: ThreadLine) {
    this.#line = line;
  }

  /** Known to the scheduler only. */
  of(): number {
    return 0;
  }

  open(tenant: string, client: string, caps: SocketCaps, asker: SocketAsker): "asked" {
    const { socketsPerTenantMax, socketsPerClientMax } = caps;
    const question = { tenant, client, caps: { socketsPerTenantMax, socketsPerClientMax } };
    this.#line.askBriefly("socket", question, (granted) => asker.socketAnswered(granted));
    return "asked";
  }

  close(tenant: string, client: string): void {
    this.#line.tell({ kind: "closeSocket", tenant, client });
  }
}

/** Failed logins. */
export class LoginsInThread implements LoginGate {
  /** Known to the scheduler only. */
  readonly size = 0;
  readonly #line: ThreadLine;

  constructor(line: ThreadLine) {
    this.#line = line;
  }

  knows(tenant: string, network: string, login: string, asker: LoginAsker): "asked" {
    this.#line.askBriefly("knows", { tenant, network, login }, (known) => asker.loginKnown(known));
    return "asked";
  }

  begin(ask: LoginAsk, asker: LoginAsker): "asked" {
    this.#line.askBriefly("login", ask, (begun) =>
      asker.loginBegun(typeof begun === "number" ? new LoginInThread(this.#line, begun) : begun),
    );
    return "asked";
  }
}

class LoginInThread implements HeldLogin {
  readonly #line: ThreadLine;
  readonly #attempt: number;

  constructor(line: ThreadLine, attempt: number) {
    this.#line = line;
    this.#attempt = attempt;
  }

  settle(outcome: LoginOutcome, limits: FailedLoginLimits, told: (blocks: readonly LoginBlock[]) => void): void {
    this.#line.askBriefly("settle", { attempt: this.#attempt, outcome, limits }, told);
  }
}

/** Limits that processes share. The scheduler has the connection, the breaker and the buckets, so that they are one per process. */
export class LimitsInThread implements LimitGate {
  readonly settings: RedisSettings;
  /** The scheduler waits for its store. */
  readonly connected = Promise.resolve();
  readonly #line: ThreadLine;
  readonly #loginKey: () => HashKey;

  /** `loginKey` is that of the store in service. */
  constructor(settings: RedisSettings, line: ThreadLine, loginKey: () => HashKey) {
    this.settings = settings;
    this.#line = line;
    this.#loginKey = loginKey;
  }

  get loginKey(): HashKey {
    return this.#loginKey();
  }

  ask(limits: RuleLimits, tenant: string, rule: LimitedRule, client: string, asker: LimitAsker): number {
    this.#line.askBriefly("limit", { limits, tenant, rule, client }, (waitMs) => asker.limitAnswered(waitMs));
    return ASKED;
  }

  askLogin(limits: RuleLimits, tenant: string, rule: LimitedRule, loginHash: string, asker: LimitAsker): number {
    const question = { limits, tenant, rule, loginHash };
    this.#line.askBriefly("loginLimit", question, (waitMs) => asker.limitAnswered(waitMs));
    return ASKED;
  }

  close(): void {}
}
