/**
 * The head of one part of a multipart form: collected, then read by one strict grammar.
 *
 * Versions of Werkzeug disagree on folded lines, bare line feeds, continuations (`name*0`), charsets (`name*`), unquoted
 * values and repeated parameters. So a head is taken only when every version reads the same name from it. Hot: once per
 * part; walks bytes and makes no string.
 */

/** Longest head that is read. */
const HEAD_BYTES_MAX = 4096;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const SEMICOLON = 59;
const EQUALS = 61;
const BACKSLASH = 92;

/** Collects one head at a time. */
export class PartHead {
  readonly #bytes = new Uint8Array(HEAD_BYTES_MAX);
  #length = 0;
  /** Reading position; behind the head where it cannot be read. */
  #at = 0;
  /** Where the part's name is. */
  #nameStart = 0;
  #nameEnd = 0;
  #named = false;
  /** Whether a transfer encoding or a charset may change what the value is. */
  encoded = false;

  clear(): void {
    this.#length = 0;
  }

  /** Takes bytes up to the empty line that ends the head, or to `to`; -1 when it is too long. */
  collect(bytes: Uint8Array, from: number, to: number): number {
    for (let i = from; i < to; i++) {
      if (this.#length === HEAD_BYTES_MAX) return -1;
      this.#bytes[this.#length++] = bytes[i]!;
      if (bytes[i] === LF && this.complete) return i + 1;
    }
    return to;
  }

  /** Whether the empty line was read; the first line may be it. */
  get complete(): boolean {
    const end = this.#length;
    if (end < 2 || this.#bytes[end - 1] !== LF || this.#bytes[end - 2] !== CR) return false;
    return end === 2 || (end > 3 && this.#bytes[end - 3] === LF && this.#bytes[end - 4] === CR);
  }

  /** Reads a complete head; whether it has exactly one plain name. */
  read(): boolean {
    this.#at = 0;
    this.#named = false;
    this.encoded = false;
    while (this.#at < this.#length - 2) if (!this.#line()) return false;
    return this.#named;
  }

  /** Whether the part's name is `name`. Only after `read`. */
  isNamed(name: string): boolean {
    return this.#is(name, this.#nameStart, this.#nameEnd);
  }

  #line(): boolean {
    const start = this.#at;
    this.#skipToken();
    const end = this.#at;
    if (end === start || this.#next() !== COLON) return false;
    this.#skipSpace();
    if (this.#isFolded("content-disposition", start, end)) return !this.#named && this.#disposition();
    if (this.#isFolded("content-transfer-encoding", start, end)) {
      const value = this.#at;
      this.#skipToken();
      this.encoded ||= !plainEncodings.some((encoding) => this.#isFolded(encoding, value, this.#at));
    }
    if (this.#isFolded("content-type", start, end)) this.encoded ||= !this.#plainType();
    while (isText(this.#bytes[this.#at]!)) this.#at++;
    return this.#lineEnd();
  }

  /** Whether a media type has no parameter, or only a charset in which ASCII bytes are what they are. */
  #plainType(): boolean {
    let parameters = this.#at;
    while (isText(this.#bytes[parameters]!) && !isSeparator(this.#bytes[parameters]!)) parameters++;
    this.#at = parameters;
    while (isText(this.#bytes[this.#at]!)) this.#at++;
    return plainParameters.some((plain) => this.#isFolded(plain, parameters, this.#at));
  }

  #disposition(): boolean {
    const start = this.#at;
    this.#skipToken();
    if (!this.#isFolded("form-data", start, this.#at)) return false;
    let files = 0;
    while (true) {
      this.#skipSpace();
      if (this.#bytes[this.#at] === CR) return this.#named && this.#lineEnd();
      if (this.#next() !== SEMICOLON) return false;
      this.#skipSpace();
      const key = this.#at;
      this.#skipToken();
      const keyEnd = this.#at;
      if (this.#next() !== EQUALS) return false;
      if (this.#is("name", key, keyEnd)) {
        if (this.#named || !this.#name()) return false;
      } else if (this.#is("filename", key, keyEnd)) {
        // One plain and one extended, as clients send both for names beyond ASCII.
        if ((files & 1) !== 0 || !this.#quoted()) return false;
        files |= 1;
      } else {
        if (!this.#is("filename*", key, keyEnd) || (files & 2) !== 0) return false;
        this.#skipToken();
        files |= 2;
      }
    }
  }

  #name(): boolean {
    this.#nameStart = this.#at + 1;
    this.#named = this.#quoted();
    this.#nameEnd = this.#at - 1;
    return this.#named;
  }

  /** A quoted text; a backslash takes the next byte with it. */
  #quoted(): boolean {
    if (this.#next() !== QUOTE) return false;
    while (true) {
      const byte = this.#next();
      if (byte === QUOTE) return true;
      if (!isText(byte) || (byte === BACKSLASH && !isText(this.#next()))) return false;
    }
  }

  /** The byte at the reading position, which moves on; a CR ends every line, so that it never leaves the head. */
  #next(): number {
    return this.#bytes[this.#at++]!;
  }

  #skipToken(): void {
    while (tokenBytes[this.#bytes[this.#at]!] === 1) this.#at++;
  }

  #skipSpace(): void {
    while (this.#bytes[this.#at] === SPACE || this.#bytes[this.#at] === TAB) this.#at++;
  }

  #lineEnd(): boolean {
    return this.#next() === CR && this.#next() === LF;
  }

  #is(text: string, start: number, end: number): boolean {
    if (end - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** The same with ASCII letters of either case; `text` is lower case. */
  #isFolded(text: string, start: number, end: number): boolean {
    if (end - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) {
      const byte = this.#bytes[start + i]!;
      const folded = byte >= 65 && byte <= 90 ? byte + 32 : byte;
      if (folded !== text.charCodeAt(i)) return false;
    }
    return true;
  }
}

/** Transfer encodings that leave the value as it is; old Werkzeugs decode others. */
const plainEncodings: readonly string[] = ["7bit", "8bit", "binary"];

/** Parameters of a part's Content-Type that leave the value as it is; Werkzeug before 2.3 decodes by any charset. */
const plainParameters: readonly string[] = [
  "",
  ...["utf-8", "us-ascii", "iso-8859-1"].flatMap((charset) => [
    `;charset=${charset}`,
    `; charset=${charset}`,
    `; charset="${charset}"`,
  ]),
];

/** What ends the media type itself. */
function isSeparator(byte: number): boolean {
  return byte === SEMICOLON || byte === COMMA;
}

/** What may stand in a line: no control character but the tab. */
function isText(byte: number): boolean {
  return (byte >= SPACE && byte !== 0x7f) || byte === TAB;
}

/** 1 for bytes of a token (RFC 9110 section 5.6.2). */
const tokenBytes = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789") tokenBytes[char.charCodeAt(0)] = 1;
tokenBytes.fill(1, 65, 91).fill(1, 97, 123);
