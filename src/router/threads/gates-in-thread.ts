/** What a thread that serves asks the scheduler, which counts for all threads: rare things, for a message each. */
import type { RedisSettings, RuleLimits } from "../../plan/types.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";
import type { FailedLoginLimits, LoginBlock, LoginRefusal } from "../../policy/limits/login-failures.ts";
import type { LoginOutcome } from "../../policy/limits/login-outcome.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import type { Asker } from "../asker.ts";
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
    this.#line.askBriefly("socket", question, (granted) => asker.socketAnswered(granted), failedTo(asker));
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
    const question = { tenant, network, login };
    this.#line.askBriefly("knows", question, (known) => asker.loginKnown(known), failedTo(asker));
    return "asked";
  }

  begin(ask: LoginAsk, asker: LoginAsker): "asked" {
    const told = (begun: number | LoginRefusal) =>
      asker.loginBegun(typeof begun === "number" ? new LoginInThread(this.#line, begun) : begun);
    this.#line.askBriefly("login", ask, told, failedTo(asker));
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
    // Its request is over: it ends without blocks, rather than never.
    this.#line.askBriefly("settle", { attempt: this.#attempt, outcome, limits }, told, () => told([]));
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
    const question = { limits, tenant, rule, client };
    this.#line.askBriefly("limit", question, (waitMs) => asker.limitAnswered(waitMs), failedTo(asker));
    return ASKED;
  }

  askLogin(limits: RuleLimits, tenant: string, rule: LimitedRule, loginHash: string, asker: LimitAsker): number {
    const question = { limits, tenant, rule, loginHash };
    this.#line.askBriefly("loginLimit", question, (waitMs) => asker.limitAnswered(waitMs), failedTo(asker));
    return ASKED;
  }

  close(): void {}
}

/** A request whose question failed must not wait for good. */
function failedTo(asker: Asker): (cause: Error) => void {
  return (cause) => asker.questionFailed(cause);
}
