import { hexDigit } from "./hex-digit.ts";
import type { LoginName } from "./login-name.ts";
import { ShortText } from "./short-text.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const LETTER_U = 117;

/** Stands in the kept text for what no guarded name has: a character beyond ASCII, or an escape that is none. */
const FOREIGN = 0xff;

/** Longest name or value in a call that is compared with anything but the database. */
const WORD_BYTES_MAX = 32;

/** One JSON string that is compared with short ASCII words, decoded as it is fed; a long one is only counted. */
export class JsonString {
  readonly value: ShortText;
  /** Whether its closing quote was read. */
  closed = false;
  /** Whether it holds an escape that is none. */
  malformed = false;
  /** Takes the string, too, while it is set. */
  name: LoginName | null = null;
  /** Behind a backslash: 1; within `\u` and its four digits: 2 to 5; else 0. */
  #escape = 0;
  #code = 0;

  constructor(databaseLength: number) {
    this.value = new ShortText(Math.max(databaseLength, WORD_BYTES_MAX));
  }

  /** An opening quote was read. */
  open(): void {
    this.value.clear();
    this.closed = false;
    this.malformed = false;
    this.name = null;
  }

  /** The same, of a login name. */
  openName(name: LoginName): void {
    this.open();
    name.begin();
    this.name = name;
  }

  /** Takes bytes up to the closing quote or to `to`; says where it stopped. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const { name } = this;
    let i = from;
    while (i < to) {
      const byte = bytes[i++]!;
      if (this.#escape > 0) this.#readEscape(byte);
      else if (byte === BACKSLASH) this.#escape = 1;
      else if (byte === QUOTE) {
        this.closed = true;
        break;
      } else {
        this.value.push(byte);
        if (name !== null) name.push(byte);
      }
    }
    return i;
  }

  #readEscape(byte: number): void {
    if (this.#escape === 1) {
      this.#code = 0;
      this.#escape = byte === LETTER_U ? 2 : 0;
      if (this.#escape > 0) return;
      this.malformed ||= escapes[byte] === FOREIGN;
      this.value.push(escapes[byte]!);
      this.name?.push(escapes[byte]!);
      return;
    }
    const digit = hexDigit(byte);
    this.malformed ||= digit < 0;
    this.#code = this.#code * 16 + digit;
    this.#escape = this.#escape === 5 ? 0 : this.#escape + 1;
    if (this.#escape > 0) return;
    this.value.push(this.#code < 0x80 ? this.#code : FOREIGN);
    this.name?.pushUnit(this.#code);
  }
}

/** What a one-letter escape stands for. */
const escapes = new Uint8Array(256).fill(FOREIGN);
for (const [letter, code] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, '"': 34, "\\": 92, "/": 47 })) {
  escapes[letter.charCodeAt(0)] = code;
}
