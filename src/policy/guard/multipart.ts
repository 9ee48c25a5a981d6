/**
 * The guard on multipart forms: no part may name another database, and every part's name must be certain.
 *
 * Delimiters are strict: `--boundary` may stand nowhere but between CRLF and CRLF (or `--` at the end), as old
 * Werkzeugs take it for one behind any line break and even in the middle of a line of 64 KiB. Nothing comes before the
 * first delimiter but one line break, and nothing but white space behind the last. Hot: a part's content is only
 * searched for its end.
 */
import { DelimiterSearch } from "./delimiter-search.ts";
import { FIELD_VALUE_BYTES_MAX, fieldFinding, formFinding, type GuardedField, guardedFields } from "./form-fields.ts";
import { LoginFields } from "./login-fields.ts";
import { boundaryOf } from "./multipart-boundary.ts";
import { PartHead } from "./part-head.ts";
import { ShortText } from "./short-text.ts";
import type { BodyReader, Finding, GuardFacts, LoginTry } from "./types.ts";

const CR = 13;
const LF = 10;
const DASH = 45;

/** Bytes of the line break that belongs to a delimiter. */
const LINE_BREAK_BYTES = 2;

/** Reads one multipart form; see the file's head. */
export class MultipartReader implements BodyReader {
  readonly #facts: GuardFacts;
  readonly #fields: readonly GuardedField[];
  readonly #search: DelimiterSearch | null;
  #head: PartHead | null = null;
  #value: ShortText | null = null;
  #state: "content" | "delimiter" | "head" | "end" = "content";
  /** The guarded field that the part at hand is. */
  #field: GuardedField | null = null;
  #fieldOffset = 0;
  /** Where the content at hand begins; as if a line break came before the body. */
  #contentStart = -LINE_BREAK_BYTES;
  /** First byte behind `--boundary`; 0 while none was read. */
  #afterDelimiter = 0;
  #preamble = true;
  #fed = 0;
  #finding: Finding | null = null;
  readonly #login: LoginFields | null;
  /** Whether the part at hand is a login name. */
  #inLogin = false;

  constructor(facts: GuardFacts) {
    this.#facts = facts;
    this.#fields = guardedFields(facts);
    this.#login = LoginFields.of(facts);
    const boundary = boundaryOf(facts.contentType);
    this.#search = boundary === "" ? null : new DelimiterSearch(boundary);
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    const base = this.#fed - from;
    this.#fed += to - from;
    if (this.#search === null) return;
    let i = from;
    while (i < to && this.#finding === null) {
      if (this.#state === "content") i = this.#content(bytes, i, to, base, this.#search);
      else if (this.#state === "head") i = this.#readHead(bytes, i, to, base);
      else this.#step(bytes[i]!, base + i++);
    }
  }

  end(): Finding | null {
    if (this.#finding !== null || this.#fed === 0) return this.#finding;
    if (this.#search === null) return formFinding("form", 0, "the form's boundary cannot be read with certainty");
    return this.#state === "end" ? null : formFinding("form", this.#fed, "the form does not end");
  }

  loginTry(): LoginTry | null {
    return this.#login?.result() ?? null;
  }

  /** Takes content up to the next delimiter. */
  #content(bytes: Uint8Array, from: number, to: number, base: number, search: DelimiterSearch): number {
    const found = search.find(bytes, from, to);
    const end = found < 0 ? to : found;
    if (this.#field !== null || this.#inLogin) this.#value?.append(bytes, from, end);
    if (found >= 0) this.#closeContent(base + found - search.length, search.afterLineBreak);
    return end;
  }

  /** Judges the part that ends before a delimiter at `offset`. */
  #closeContent(offset: number, afterLineBreak: boolean): void {
    const length = offset - LINE_BREAK_BYTES - this.#contentStart;
    if (!afterLineBreak || length < 0) return this.#refuse("the boundary stands within a line", offset);
    if (this.#preamble && length > LINE_BREAK_BYTES)
      return this.#refuse("the form does not begin with its boundary", 0);
    this.#preamble = false;
    this.#state = "delimiter";
    this.#afterDelimiter = 0;
    if (this.#value === null) return;
    this.#value.truncate(length);
    if (this.#inLogin) this.#closeLogin(this.#value);
    if (this.#field === null) return;
    this.#finding = fieldFinding(this.#field, this.#value, this.#fieldOffset, this.#facts);
  }

  /** Takes one byte behind a delimiter. */
  #step(byte: number, offset: number): void {
    if (this.#state === "end") {
      if (!isBlank(byte)) this.#refuse("something follows the form's end", offset);
    } else if (this.#afterDelimiter === 0) {
      this.#afterDelimiter = byte;
    } else if (this.#afterDelimiter === CR && byte === LF) {
      this.#head ??= new PartHead();
      this.#head.clear();
      this.#fieldOffset = offset + 1;
      this.#state = "head";
    } else if (this.#afterDelimiter === DASH && byte === DASH) {
      this.#state = "end";
    } else this.#refuse("the boundary stands within a line", offset);
  }

  #readHead(bytes: Uint8Array, from: number, to: number, base: number): number {
    const head = this.#head!;
    const end = head.collect(bytes, from, to);
    if (end < 0) {
      this.#refuse("a part's head is too long", this.#fieldOffset);
      return to;
    }
    if (head.complete) this.#openContent(head, base + end);
    return end;
  }

  #openContent(head: PartHead, offset: number): void {
    if (!head.read()) return this.#refuse("a part's name cannot be read with certainty", this.#fieldOffset);
    this.#field = this.#fields.find(({ name }) => head.isNamed(name)) ?? null;
    if (this.#field !== null && head.encoded) return this.#refuse("a value is encoded", this.#fieldOffset);
    this.#inLogin = this.#opensLogin(head);
    if (this.#field !== null || this.#inLogin) {
      this.#value ??= new ShortText(FIELD_VALUE_BYTES_MAX);
      this.#value.clear();
    }
    this.#contentStart = offset;
    this.#state = "content";
  }

  #opensLogin(head: PartHead): boolean {
    if (this.#login === null || this.#field !== null || !this.#login.isLoginPart(head)) return false;
    if (head.encoded) this.#login.name.blur();
    return true;
  }

  #closeLogin(value: ShortText): void {
    const { name } = this.#login!;
    name.begin();
    value.copyTo(name);
    this.#inLogin = false;
  }

  #refuse(reason: string, offset: number): void {
    this.#finding ??= formFinding("form", Math.max(offset, 0), reason);
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === CR || byte === LF || byte === 0x09;
}
