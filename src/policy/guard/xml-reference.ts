import { hexDigit } from "./hex-digit.ts";
import { compileNames, NAME_START, NO_NAME, nameStep } from "./xml-names.ts";

const HASH = 0x23;
const SEMICOLON = 0x3b;
const X = 0x78;
const CODE_POINT_MAX = 0x10ffff;

const entityNames = compileNames(["amp", "lt", "gt", "quot", "apos"]);
/** In the order of the names; 0 is no character of XML. */
const entityCharacters = [..."\0&<>\"'"].map((character) => character.charCodeAt(0));

const BEGIN = 0;
const ENTITY = 1;
const NUMBER = 2;

/**
 * One reference to a character (XML 1.0 sections 4.1 and 4.6), read byte by byte behind its `&`: decimal, hexadecimal,
 * or one of the five entities that every parser has.
 */
export class XmlReference {
  /** Why it is refused, in a few words; empty while it is not. */
  reason = "";
  /** The character in UTF-8, in the first `length` bytes. */
  readonly character = new Uint8Array(4);
  length = 0;
  #state = BEGIN;
  #name = NAME_START;
  #code = 0;
  #base = 10;
  #digits = false;

  /** Begins anew. */
  start(): void {
    this.#state = BEGIN;
    this.#name = NAME_START;
    this.#code = 0;
    this.#base = 10;
    this.#digits = false;
  }

  /** Takes the next byte and says whether the reference is complete: then its character is there. */
  take(byte: number): boolean {
    if (this.#state === BEGIN) {
      this.#state = byte === HASH ? NUMBER : ENTITY;
      if (byte === HASH) return false;
    }
    return this.#state === NUMBER ? this.#number(byte) : this.#entity(byte);
  }

  #entity(byte: number): boolean {
    if (byte === SEMICOLON) return this.#decoded(entityCharacters[entityNames.accepts[this.#name]!]!);
    this.#name = nameStep(entityNames, this.#name, byte);
    if (this.#name === NO_NAME) this.reason = "an entity other than the five of XML";
    return false;
  }

  #number(byte: number): boolean {
    if (byte === SEMICOLON && this.#digits) return this.#decoded(this.#code);
    const digit = hexDigit(byte);
    if (digit >= 0 && digit < this.#base) {
      this.#code = Math.min(this.#code * this.#base + digit, CODE_POINT_MAX + 1);
      this.#digits = true;
    } else if (byte === X && this.#base === 10 && !this.#digits) this.#base = 16;
    else this.reason = "a reference that is not well formed";
    return false;
  }

  #decoded(code: number): boolean {
    if (isCharacter(code)) this.length = encodeUtf8(code, this.character);
    else this.reason = "a reference to no character";
    return this.reason === "";
  }
}

/** XML 1.0, production 2. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code <= CODE_POINT_MAX);
}

/** Writes one character to `out` and says how many bytes it took. */
function encodeUtf8(code: number, out: Uint8Array): number {
  if (code < 0x80) {
    out[0] = code;
    return 1;
  }
  const length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (let i = length - 1; i > 0; i--) out[i] = 0x80 | ((code >> (6 * (length - 1 - i))) & 0x3f);
  out[0] = ((0xf00 >> length) & 0xff) | (code >> (6 * (length - 1)));
  return length;
}
