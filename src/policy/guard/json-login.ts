import type { JsonParams } from "./json-params.ts";
import { LoginFields } from "./login-fields.ts";
import { LoginName } from "./login-name.ts";
import type { ShortText } from "./short-text.ts";
import type { GuardFacts, LoginTry } from "./types.ts";

/** The login names that a JSON body can hold: `login` in its `params`, and the second item of `args`. */
export class JsonLogin {
  readonly #fields: LoginFields | null;
  /** The second item of `args`, which is a name in some calls; null where nobody asks for names. */
  readonly second: LoginName | null;

  constructor(facts: GuardFacts) {
    this.#fields = LoginFields.of(facts);
    this.second = facts.logins === undefined ? null : new LoginName(facts.logins);
  }

  /** A member of `params` of this name begins: whether its value is `name`. */
  isLogin(member: ShortText): boolean {
    return this.#fields?.isLogin(member) === true;
  }

  /** The name in `params`; only for a member that `isLogin`. */
  get name(): LoginName {
    return this.#fields!.name;
  }

  /** At the body's end: which login is tried, in `params` as a call or else as plain fields. */
  result({ logsIn }: JsonParams): LoginTry | null {
    const hash = logsIn ? (this.second?.result() ?? null) : null;
    return hash === null ? (this.#fields?.result() ?? null) : { rule: "rpc", hash };
  }
}
