/**
 * The guard on URL-encoded forms: no field may name another database.
 *
 * Reads as Werkzeug does: fields end at `&`, a name at its first `=`; both are decoded once, `+` is a space, an invalid
 * escape stays. A raw `;` ends a field, too, as in Python before 3.9.2, and a guarded value with one is refused.
 * Every occurrence is judged. Hot: an unguarded value is only searched for its end.
 */
import {
  FIELD_NAME_BYTES_MAX,
  FIELD_VALUE_BYTES_MAX,
  fieldFinding,
  fieldNamed,
  formFinding,
  type GuardedField,
  guardedFields,
} from "./form-fields.ts";
import { hexDigit } from "./hex-digit.ts";
import { LoginFields } from "./login-fields.ts";
import { ShortText } from "./short-text.ts";
import type { BodyReader, Finding, GuardFacts, LoginTry } from "./types.ts";

const PERCENT = 37;
const AMPERSAND = 38;
const PLUS = 43;
const SEMICOLON = 59;
const EQUALS = 61;

/** Reads one form; see the file's head. */
export class FormReader implements BodyReader {
  readonly #facts: GuardFacts;
  readonly #fields: readonly GuardedField[];
  readonly #name = new ShortText(FIELD_NAME_BYTES_MAX);
  /** Made for the first guarded field, then used again. */
  #value: ShortText | null = null;
  /** The guarded field whose value is read. */
  #field: GuardedField | null = null;
  #part: "name" | "value" | "login" | "unguarded" = "name";
  readonly #login: LoginFields | null;
  #nameOffset = 0;
  /** Of an escape: 1 behind the `%`, 2 behind its first digit, else 0. */
  #escape = 0;
  #firstDigit = 0;
  #fed = 0;
  #finding: Finding | null = null;

  constructor(facts: GuardFacts) {
    this.#facts = facts;
    this.#fields = guardedFields(facts);
    this.#login = LoginFields.of(facts);
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    let i = from;
    while (i < to && this.#finding === null) {
      if (this.#part === "unguarded") i = fieldEnd(bytes, i, to);
      if (i < to) {
        this.#step(bytes[i]!, this.#fed + i - from);
        i++;
      }
    }
    this.#fed += to - from;
  }

  end(): Finding | null {
    if (this.#finding === null) this.#closeField();
    return this.#finding;
  }

  loginTry(): LoginTry | null {
    return this.#login?.result() ?? null;
  }

  #step(byte: number, offset: number): void {
    if (byte === AMPERSAND || byte === SEMICOLON) {
      this.#closeField();
      if (byte === SEMICOLON) this.#separate();
      this.#openField(offset + 1);
    } else if (byte === EQUALS && this.#part === "name") this.#closeName();
    else this.#decode(byte);
  }

  /** Some workers read on where others end the field. */
  #separate(): void {
    if (this.#part === "login") this.#login!.name.blur();
    if (this.#field === null) return;
    this.#finding ??= formFinding(this.#field.name, this.#nameOffset, "the value holds a separator");
  }

  #openField(offset: number): void {
    this.#part = "name";
    this.#nameOffset = offset;
    this.#name.clear();
    this.#field = null;
  }

  #closeName(): void {
    this.#endEscape();
    this.#field = fieldNamed(this.#fields, this.#name);
    this.#part = this.#field === null ? this.#otherField() : "value";
    if (this.#field === null) return;
    this.#value ??= new ShortText(FIELD_VALUE_BYTES_MAX);
    this.#value.clear();
  }

  #otherField(): "login" | "unguarded" {
    if (this.#login === null || !this.#login.isLogin(this.#name)) return "unguarded";
    this.#login.name.begin();
    return "login";
  }

  #closeField(): void {
    if (this.#part === "name") this.#closeName();
    if (this.#part === "login") this.#endEscape();
    if (this.#field === null || this.#value === null) return;
    this.#endEscape();
    this.#finding = fieldFinding(this.#field, this.#value, this.#nameOffset, this.#facts);
  }

  /** Takes one byte of a name or a guarded value. */
  #decode(byte: number): void {
    const digit = this.#escape === 0 ? -1 : hexDigit(byte);
    if (digit < 0) {
      if (this.#escape > 0) this.#endEscape();
      if (byte === PERCENT) this.#escape = 1;
      else this.#push(byte === PLUS ? 0x20 : byte);
    } else if (this.#escape === 1) {
      this.#escape = 2;
      this.#firstDigit = byte;
    } else {
      this.#escape = 0;
      this.#push(hexDigit(this.#firstDigit) * 16 + digit);
    }
  }

  /** What began as an escape and is none stays as it is. */
  #endEscape(): void {
    const length = this.#escape;
    this.#escape = 0;
    if (length > 0) this.#push(PERCENT);
    if (length > 1) this.#push(this.#firstDigit);
  }

  #push(byte: number): void {
    if (this.#part === "name") this.#name.push(byte);
    else if (this.#part === "login") this.#login!.name.push(byte);
    else this.#value?.push(byte);
  }
}

function fieldEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== AMPERSAND && bytes[i] !== SEMICOLON) i++;
  return i;
}
