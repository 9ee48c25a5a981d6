import { withoutFirstSegment } from "../path.ts";
import { isLogin } from "../rules.ts";
import { LoginName } from "./login-name.ts";
import type { GuardFacts, LoginTry } from "./types.ts";

/** The name, and what makes a request a try to log in off the paths that are for it, where an alias may lead there. */
export const LOGIN_FIELD = "login";
export const PASSWORD_FIELD = "password";

/** The login name in a form's fields or a JSON body's `params`. */
export class LoginFields {
  readonly name: LoginName;
  readonly #atLogin: boolean;
  #password = false;

  private constructor(name: LoginName, atLogin: boolean) {
    this.name = name;
    this.#atLogin = atLogin;
  }

  /** Null where nobody asks for names. */
  static of({ logins, method, judgedPath }: GuardFacts): LoginFields | null {
    if (logins === undefined || method !== "POST") return null;
    return new LoginFields(new LoginName(logins), isLogin(judgedPath) || isLogin(withoutFirstSegment(judgedPath)));
  }

  /** A field with a password was read. */
  sawPassword(): void {
    this.#password = true;
  }

  /** A name alone is a try only where passwords are reset and accounts made: elsewhere it is any form's field. */
  result(): LoginTry | null {
    if (!this.#atLogin && !this.#password) return null;
    const hash = this.name.result();
    return hash === null ? null : { rule: "login", hash };
  }
}
