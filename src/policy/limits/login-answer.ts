/**
 * Reads the outcome of a login from an answer's body as it passes: any split, constant memory, nothing held back.
 *
 * A client has its own `id` echoed at the front of a JSON answer, so no first so-many bytes are enough: what is not
 * looked at is skipped, however long it is. Once the outcome is known, `feed` costs nothing.
 */
import type { AnswerFormat, LoginAttempt, LoginOutcome } from "./login-outcome.ts";

/** Reads one answer. */
export interface LoginAnswer {
  /** Takes `bytes[from, to)`; keeps no reference to them. */
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** What was found so far; `unknown` before enough was seen. */
  outcome: LoginOutcome;
}

/** A reader for the answer to `attempt` from an Odoo of `odooMajor`. */
export function readLoginAnswer(format: AnswerFormat, attempt: LoginAttempt, odooMajor: number): LoginAnswer {
  return format === "xml" ? new XmlLoginAnswer(attempt) : new JsonLoginAnswer(attempt, odooMajor);
}

/** From here on a session without a user waits for the second factor: a wrong password is an error there. */
const SECOND_FACTOR_MAJOR = 14;
const KEY_CHARS_MAX = 8;
const NAME_CHARS_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const SPACE = 0x20;

/**
 * A JSON-RPC answer: `result` itself or its `uid`, or the class that `error.data.name` names. Only an access that was
 * denied is a wrong password; other errors are the worker's own trouble.
 */
class JsonLoginAnswer implements LoginAnswer {
  outcome: LoginOutcome = "unknown";
  readonly #attempt: LoginAttempt;
  readonly #odooMajor: number;
  #done = false;
  #depth = 0;
  /** The keys that led to where the reader stands, for the three levels that matter. */
  readonly #path = ["", "", ""];
  /** Brackets open of what is skipped: objects are entered three deep, and only those that lead on. */
  #skipped = 0;
  #inString = false;
  #escaped = false;
  /** What of the string at hand is kept: keys, and the name of an error. */
  #kept = "";
  #keptMax = 0;
  #awaitsKey = false;

  constructor(attempt: LoginAttempt, odooMajor: number) {
    this.#attempt = attempt;
    this.#odooMajor = odooMajor;
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to && !this.#done; i++) {
      const byte = bytes[i]!;
      if (this.#inString) this.#text(byte);
      else if (byte > SPACE) this.#structure(byte);
    }
  }

  #text(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) return this.#closeString();
    if (this.#kept.length < this.#keptMax) this.#kept += String.fromCharCode(byte);
  }

  #closeString(): void {
    this.#inString = false;
    if (this.#awaitsKey) {
      this.#path[this.#depth - 1] = this.#kept;
      this.#awaitsKey = false;
    } else if (this.#stands("error", "data", "name")) {
      this.#settle(this.#kept.endsWith("AccessDenied") ? "failed" : "unknown");
    }
  }

  #structure(byte: number): void {
    if (byte === COLON) return;
    if (byte === COMMA) this.#awaitsKey = this.#inObject;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#leave();
    else this.#value(byte);
  }

  get #inObject(): boolean {
    return this.#skipped === 0 && this.#depth > 0 && this.#depth <= this.#path.length;
  }

  #value(byte: number): void {
    if (this.#skipped === 0 && !this.#awaitsKey) this.#judge(byte);
    if (byte === QUOTE) return this.#openString();
    if (byte === OPEN_OBJECT) this.#enter();
    else if (byte === OPEN_LIST) this.#skipped++;
  }

  #openString(): void {
    this.#inString = true;
    this.#kept = "";
    if (this.#awaitsKey) this.#keptMax = KEY_CHARS_MAX;
    else this.#keptMax = this.#stands("error", "data", "name") ? NAME_CHARS_MAX : 0;
  }

  #enter(): void {
    if (this.#skipped > 0 || this.#depth === this.#path.length || !this.#leadsOn) {
      this.#skipped++;
      return;
    }
    this.#path[this.#depth++] = "";
    this.#awaitsKey = true;
  }

  /** Whether the object that begins may hold what is looked for. */
  get #leadsOn(): boolean {
    if (this.#depth === 0) return true;
    const [first, second] = this.#path;
    return this.#depth === 1 ? first === "result" || first === "error" : first === "error" && second === "data";
  }

  #leave(): void {
    this.#awaitsKey = false;
    if (this.#skipped > 0) this.#skipped--;
    else if (--this.#depth <= 0) this.#done = true;
  }

  /** A value begins. */
  #judge(byte: number): void {
    if (this.#attempt === "session") {
      if (this.#stands("result") && byte !== OPEN_OBJECT) return this.#settle(this.#user(byte));
      if (this.#stands("result", "uid")) this.#settle(this.#user(byte));
      return;
    }
    if (!this.#stands("result")) return;
    this.#settle(this.#attempt === "rpc_call" || isPositive(byte) ? "succeeded" : isNone(byte) ? "failed" : "unknown");
  }

  /** What a user id says of a session. */
  #user(byte: number): LoginOutcome {
    if (isPositive(byte)) return "succeeded";
    if (!isNone(byte)) return "unknown";
    return this.#odooMajor >= SECOND_FACTOR_MAJOR ? "succeeded" : "failed";
  }

  #stands(...path: readonly string[]): boolean {
    return this.#skipped === 0 && this.#depth === path.length && path.every((key, i) => this.#path[i] === key);
  }

  #settle(outcome: LoginOutcome): void {
    this.outcome = outcome;
    this.#done = true;
  }
}

/** The first byte of a number above 0. */
function isPositive(byte: number): boolean {
  return byte >= 0x31 && byte <= 0x39;
}

/** The first byte of `false`, `null` or 0. */
function isNone(byte: number): boolean {
  return byte === 0x66 || byte === 0x6e || byte === 0x30;
}

/** An XML-RPC answer holds nothing of the client's before what is looked for: its beginning is enough. */
const XML_BYTES_MAX = 1024;

const xmlResult = /<methodResponse>\s*<params>/;
const xmlValue = /<methodResponse>\s*<params>\s*<param>\s*<value>\s*<(\w+)(?:\/>|>([^<]*)<)/;
const xmlFault =
  /<fault>\s*<value>\s*<struct>\s*<member>\s*<name>faultCode<\/name>\s*<value>\s*(?:<(?:int|i4|string)>)?([^<]*)</;

/** Codes of a fault for an access that was denied: on `/xmlrpc/2` a number, on `/xmlrpc` a word (`odoo/addons/rpc`). */
const deniedFaults: ReadonlySet<string> = new Set(["3", "AccessDenied"]);

class XmlLoginAnswer implements LoginAnswer {
  outcome: LoginOutcome = "unknown";
  readonly #attempt: LoginAttempt;
  /** The answer's beginning; null once the outcome is known. */
  #text: string | null = "";

  constructor(attempt: LoginAttempt) {
    this.#attempt = attempt;
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    if (this.#text === null) return;
    const end = Math.min(to, from + XML_BYTES_MAX - this.#text.length);
    for (let i = from; i < end; i++) this.#text += String.fromCharCode(bytes[i]!);
    this.outcome = this.#read(this.#text);
    if (this.outcome !== "unknown" || this.#text.length >= XML_BYTES_MAX) this.#text = null;
  }

  #read(text: string): LoginOutcome {
    const fault = xmlFault.exec(text);
    if (fault !== null) return deniedFaults.has(fault[1]!.trim()) ? "failed" : "unknown";
    if (this.#attempt === "rpc_call" && xmlResult.test(text)) return "succeeded";
    const value = xmlValue.exec(text);
    if (value === null) return "unknown";
    const [, type, content = ""] = value;
    if (type === "nil") return "failed";
    if (type === "boolean" || type === "int" || type === "i4") return /[1-9]/.test(content) ? "succeeded" : "failed";
    return "unknown";
  }
}
