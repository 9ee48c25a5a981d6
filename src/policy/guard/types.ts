import type { Door } from "../doors.ts";
import type { KeyedHash } from "../limits/keyed-hash.ts";
import type { LoginHash } from "./login-name.ts";

/** The databases that a request may name, and where: what the guard compares with. */
export interface BoundNames {
  /** The tenant's own database. */
  readonly database: string;
  /** Names that it had before; accepted in a query, where old mails carry them. */
  readonly formerDatabases: readonly string[];
  readonly odooMajor: number;
  /** Field names that carry a database at this request's door, beyond those judged everywhere. */
  readonly doorKeys: readonly string[];
  /** Field names that mean something else on this path, by the tenant's catalog; a door's keys are never exempt. */
  readonly exempt: readonly string[];
}

/** What of a request decides how its body is read and judged. */
export interface GuardFacts {
  readonly bound: BoundNames;
  /** The tier's policy for calls: with `off` none passes, on whatever path. */
  readonly rpc: "bound" | "off";
  /** The door that the request stands at, on its path or on that minus the first segment. */
  readonly door: Door | null;
  readonly method: string;
  /** Canonical, slashes merged. */
  readonly judgedPath: string;
  /** As sent; empty without. */
  readonly contentType: string;
  /** Hashes login names; without it none is looked for. */
  readonly logins?: KeyedHash;
}

/** A login name that a body carries, and by which rule its tries are counted. */
export interface LoginTry {
  readonly rule: "login" | "rpc";
  readonly hash: LoginHash;
}

/** How a part of a request was read when it was found to name a database. */
export type Reading = "query" | "form" | "json" | "json-rpc" | "xml-rpc";

/** Why the guard refuses a request. Holds no value from it: findings are logged. */
export interface Finding {
  readonly reading: Reading;
  /** The guarded name, decoded: one of a closed set, never the client's own words. */
  readonly key: string;
  /** Where in what was read the name starts, in bytes. */
  readonly offset: number;
  /** In a few words; lower case, no full stop. */
  readonly reason: string;
}

/**
 * One way to read a body, fed piece by piece at any split and in constant memory.
 *
 * A reader that finds the body to be none of its kind says so by finding nothing; once the verdict is known, `feed`
 * costs nothing.
 */
export interface BodyReader {
  /** Takes `bytes[from, to)`; keeps no reference to them. */
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** The verdict on all that was fed: null when nothing names another database. Call once, at the body's end. */
  end(): Finding | null;
  /** Who logs in with the body, or null. Only after `end` found nothing. */
  loginTry(): LoginTry | null;
}
