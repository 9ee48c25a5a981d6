import type { Problem } from "../../core/problem.ts";
import { selectsDatabase } from "../../policy/dbfilter.ts";
import { foldWww } from "../hostname.ts";
import type { Declarations } from "../lint.ts";
import { nodeAt, problemAtPath, whereabouts } from "../located.ts";
import { scanDatabase } from "../schema/fields.ts";
import type { PoolDocument, TenantDocument } from "../schema.ts";
import type { Declared } from "../validate.ts";
import { quote } from "../wording.ts";

type Tenant = Declared<TenantDocument>;

/**
 * Every hostname is bound to its own database and to no other.
 *
 * All databases of the catalog are within reach of every pool: one PostgreSQL role may own them all.
 */
export function* lintBindings({ tenants, pools }: Declarations): Generator<Problem> {
  const owners = new Map<string, Tenant>();
  for (const tenant of tenants) {
    const database = databaseOf(tenant.value);
    yield* lintDefaultName(tenant);
    const twin = owners.get(database);
    if (twin === undefined) owners.set(database, tenant);
    else
      yield problemAtPath(
        tenant.node,
        databasePath(tenant),
        "database_taken",
        `cannot use database ${quote(database)}: ${ownedBy(twin)} has it`,
      );
  }
  const databases = new DatabaseIndex([...owners.keys()]);
  const poolByName = new Map(pools.map((pool) => [pool.value.metadata.name, pool.value]));
  for (const tenant of tenants) {
    yield* lintFormer(tenant, owners);
    const pool = poolByName.get(tenant.value.spec.pool);
    if (pool !== undefined) yield* lintBinding(tenant, pool, databases, owners);
  }
}

/** The tenant's database: the one written, or the hostname. */
export function databaseOf({ spec }: TenantDocument): string {
  return spec.database ?? spec.hostname;
}

/** A hostname that stands in for the database has to be a database's name. */
function* lintDefaultName(tenant: Tenant): Generator<Problem> {
  const { database, hostname } = tenant.value.spec;
  const scanned = database === undefined ? scanDatabase(hostname) : { value: database };
  if ("value" in scanned) return;
  const message = `cannot use the hostname ${quote(hostname)} as database: ${scanned.fault}`;
  yield problemAtPath(tenant.node, ["spec", "hostname"], "invalid_database", message);
}

function* lintFormer(tenant: Tenant, owners: ReadonlyMap<string, Tenant>): Generator<Problem> {
  for (const [i, former] of tenant.value.spec.formerDatabases.entries()) {
    const owner = owners.get(former);
    if (owner === undefined || owner === tenant) continue;
    const message = `cannot use former database ${quote(former)}: it is the database of ${ownedBy(owner)}`;
    yield problemAtPath(tenant.node, ["spec", "formerDatabases", i], "former_database_taken", message);
  }
}

function* lintBinding(
  tenant: Tenant,
  pool: PoolDocument,
  databases: DatabaseIndex,
  owners: ReadonlyMap<string, Tenant>,
): Generator<Problem> {
  const { dbfilter, odoo } = pool.spec;
  const { hostname } = tenant.value.spec;
  const own = databaseOf(tenant.value);
  const major = Number.parseInt(odoo, 10);
  const holds = selectsDatabase(dbfilter, major, hostname, own);
  const selects = (name: string): boolean => name !== own && selectsDatabase(dbfilter, major, hostname, name);
  const foreign = databases.find(dbfilter, hostname, selects);
  if (holds && foreign === undefined) return;
  const selection =
    foreign === undefined ? "no database" : `database ${quote(foreign)} of ${ownedBy(owners.get(foreign)!)}`;
  const filter = `\`dbfilter\` ${quote(dbfilter)} of WorkerPool ${quote(pool.metadata.name)}`;
  const code = foreign === undefined ? "binding_empty" : holds ? "binding_ambiguous" : "binding_foreign";
  const message = `cannot bind ${quote(hostname)} to database ${quote(own)}: ${filter} selects ${selection}${holds ? " as well" : ""}`;
  yield problemAtPath(
    tenant.node,
    databasePath(tenant),
    code,
    message,
    holds ? undefined : expectedHint(dbfilter, major, hostname),
  );
}

/** Names the database that the filter would select, found by asking it. */
function expectedHint(dbfilter: PoolDocument["spec"]["dbfilter"], major: number, hostname: string): string | undefined {
  const label = firstLabel(hostname);
  const candidates = [hostname, foldWww(hostname), label, `${label}.example`];
  const expected = candidates.find((candidate) => selectsDatabase(dbfilter, major, hostname, candidate));
  if (expected === undefined) return undefined;
  return `with this \`dbfilter\` the database of ${hostname} is named as in \`${expected}\``;
}

/** What `%d` stands for: the first label behind a leading `www.`. */
function firstLabel(hostname: string): string {
  return foldWww(hostname).split(".", 1)[0]!;
}

function databasePath({ node }: Tenant): string[] {
  return ["spec", nodeAt(node, ["spec", "database"]) === undefined ? "hostname" : "database"];
}

function ownedBy(tenant: Tenant): string {
  return `Tenant ${quote(tenant.value.metadata.name)} ${whereabouts(tenant.node)}`;
}

/**
 * Finds databases that a filter may select, without asking it about each.
 *
 * A filter's pattern starts with the hostname or its first label, with or without `www.`, so its databases lie together
 * in sorted order; those that it anchors at the end are looked up. A hostname is the start of few databases' names, so
 * the whole takes n log n steps.
 */
class DatabaseIndex {
  readonly #sorted: readonly string[];
  readonly #names: ReadonlySet<string>;

  constructor(names: readonly string[]) {
    this.#sorted = [...names].sort();
    this.#names = new Set(names);
  }

  /** A database that `selects` says yes to, or undefined; asks only about those that `dbfilter` could select. */
  find(
    dbfilter: PoolDocument["spec"]["dbfilter"],
    hostname: string,
    selects: (name: string) => boolean,
  ): string | undefined {
    const folded = foldWww(hostname);
    const label = firstLabel(hostname);
    switch (dbfilter) {
      case "^%h$":
        return [hostname, folded].find((name) => this.#names.has(name) && selects(name));
      case "^%d$":
        return this.#names.has(label) && selects(label) ? label : undefined;
      case "%h":
        return this.#findFrom(hostname, selects) ?? this.#findFrom(folded, selects);
      case "^%d\\..*$":
        return this.#findFrom(`${label}.`, selects);
    }
  }

  #findFrom(prefix: string, selects: (name: string) => boolean): string | undefined {
    for (let i = this.#lowerBound(prefix); this.#sorted[i]?.startsWith(prefix); i++) {
      if (selects(this.#sorted[i]!)) return this.#sorted[i];
    }
    return undefined;
  }

  #lowerBound(name: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
