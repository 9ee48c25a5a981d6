import { withoutFirstSegment } from "../path.ts";
import { isLogin } from "../rules.ts";
import { LoginName } from "./login-name.ts";
import type { PartHead } from "./part-head.ts";
import type { ShortText } from "./short-text.ts";
import type { GuardFacts, LoginTry } from "./types.ts";

/** The field with the name, in a query, too. */
export const LOGIN_FIELD = "login";
/** What makes a request a try to log in off the paths that are for it, where an alias may lead there. */
const PASSWORD_FIELD = "password";

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

  /** A field of this name is read: whether its value is a login name. */
  isLogin(field: ShortText): boolean {
    if (field.is(PASSWORD_FIELD)) this.#password = true;
    return field.is(LOGIN_FIELD);
  }

  /** The same of a part's name. */
  isLoginPart(head: PartHead): boolean {
    if (head.isNamed(PASSWORD_FIELD)) this.#password = true;
    return head.isNamed(LOGIN_FIELD);
  }

  /** A name alone is a try only where passwords are reset and accounts made: elsewhere it is any form's field. */
  result(): LoginTry | null {
    if (!this.#atLogin && !this.#password) return null;
    const hash = this.name.result();
    return hash === null ? null : { rule: "login", hash };
  }
}
