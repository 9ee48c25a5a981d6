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
