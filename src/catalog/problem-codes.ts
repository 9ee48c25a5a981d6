/**
 * Everything that can be wrong with a catalog, as one closed table.
 *
 * A code is a contract: scripts match on it. `hint` is what an operator should do, unless the place that found the
 * problem has something more exact to say. The reference page is rendered from this table.
 */
interface ProblemRow {
  readonly severity: "error" | "warning";
  readonly doc: string;
  readonly hint: string;
}

export const problemCodes = {
  // Files and YAML
  unreadable: {
    severity: "error",
    doc: "A file or folder named by `-c` could not be read.",
    hint: "check the path and its permissions",
  },
  file_too_large: {
    severity: "error",
    doc: "A file is over the size limit.",
    hint: "split the file",
  },
  not_utf8: { severity: "error", doc: "A file is not UTF-8.", hint: "save the file as UTF-8" },
  yaml_syntax: {
    severity: "error",
    doc: "The text is no YAML or JSON, or uses a tag, directive or key that catalogs do not.",
    hint: "write plain YAML 1.2 or JSON, without tags and directives",
  },
  duplicate_key: { severity: "error", doc: "A key occurs twice in one mapping.", hint: "remove one of the two" },
  too_deep: {
    severity: "error",
    doc: "A document nests deeper than any field of the schema.",
    hint: "no field of the schema lies that deep",
  },
  document_too_large: {
    severity: "error",
    doc: "A document is over the limit of bytes or of values.",
    hint: "split the document, or shorten its lists",
  },
  alias_bomb: {
    severity: "error",
    doc: "The aliases of a document repeat more values than a document may hold.",
    hint: "write the values out",
  },
  // Documents
  not_a_document: {
    severity: "error",
    doc: "A document is not a mapping.",
    hint: "a document starts with `apiVersion`, `kind`, `metadata` and `spec`",
  },
  unknown_kind: {
    severity: "error",
    doc: "A document's `kind` is none of Edge, WorkerPool, Tier and Tenant.",
    hint: "keep other manifests out of the catalog's folder",
  },
  duplicate_document: {
    severity: "error",
    doc: "Two documents of one layer have the same kind and name.",
    hint: "remove one, or move the overlay to a later `-c`",
  },
  no_edge: { severity: "error", doc: "The catalog has no Edge.", hint: "add a document of kind Edge" },
  many_edges: {
    severity: "error",
    doc: "The catalog has more than one Edge.",
    hint: "an overlay has the same name as what it changes",
  },
  no_tenants: {
    severity: "warning",
    doc: "The catalog has no tenants: every host is answered 404.",
    hint: "add documents of kind Tenant",
  },
  // Fields
  missing_field: {
    severity: "error",
    doc: "A field without a default is missing.",
    hint: "write the field; the catalog reference says what it means",
  },
  unknown_field: {
    severity: "error",
    doc: "A field that the schema does not have.",
    hint: "remove it; the catalog reference lists all fields",
  },
  invalid_type: {
    severity: "error",
    doc: "A value of the wrong type.",
    hint: "the catalog reference gives the type of every field",
  },
  invalid_value: {
    severity: "error",
    doc: "A value that is none of those listed.",
    hint: "the catalog reference gives the values of every field",
  },
  out_of_range: {
    severity: "error",
    doc: "A number, list or text outside its limits.",
    hint: "the catalog reference gives the limits of every field",
  },
  invalid_duration: {
    severity: "error",
    doc: "A time that is no Gateway API duration, or outside its limits.",
    hint: "write hours, minutes, seconds and milliseconds as in 1h30m, 720s or 500ms",
  },
  invalid_size: {
    severity: "error",
    doc: "A size that is no Kubernetes quantity of whole bytes, or outside its limits.",
    hint: "write it as in 128Mi or 1Gi",
  },
  invalid_name: {
    severity: "error",
    doc: "A name that is no RFC 1123 label.",
    hint: "use a to z, 0 to 9 and `-`, at most 63 characters, with a letter or digit at both ends",
  },
  reserved_name: {
    severity: "error",
    doc: "A name that JavaScript or PostgreSQL keeps for itself.",
    hint: "choose another name",
  },
  invalid_hostname: {
    severity: "error",
    doc: "A hostname that is an IP address, has a port, a trailing dot, an underscore, a label over 63 characters or no dot, or is malformed.",
    hint: "write it as in acme.example.com",
  },
  invalid_database: {
    severity: "error",
    doc: "A database name over 63 bytes or outside `[a-z0-9][a-z0-9_.-]*`: PostgreSQL would cut it, or Odoo would not find it.",
    hint: "write `database` when the hostname cannot be its name",
  },
  invalid_address: {
    severity: "error",
    doc: "An address that is no IP address, or where one is allowed no hostname.",
    hint: "write it as in 127.0.0.1 or ::1",
  },
  invalid_network: {
    severity: "error",
    doc: "A network that is neither a CIDR nor an IP address.",
    hint: "write it as in 203.0.113.0/24 or 2001:db8::/32",
  },
  invalid_origin: {
    severity: "error",
    doc: "An origin that is not serialised as browsers send it.",
    hint: "write scheme and host, and the port when it is not the scheme's default, as in https://shop.example",
  },
  invalid_path: { severity: "error", doc: "A path that is not in canonical form.", hint: "write it as in /my-form" },
  invalid_odoo_version: {
    severity: "error",
    doc: "An Odoo version that the edge has no doors for.",
    hint: 'write a major version from 13 to 19 in quotes, as in "18.0"',
  },
  unsupported_dbfilter: {
    severity: "error",
    doc: "A `dbfilter` whose binding cannot be proved.",
    hint: "`^%h$` binds a hostname to the database of the same name, and `^%d$` to the one named by its first label",
  },
  not_a_surface: {
    severity: "error",
    doc: "`deny.allow` names something that is no surface path: database doors never open.",
    hint: "remove it: a tier opens surface paths such as /web/tests only",
  },
  guard_not_exempt: {
    severity: "error",
    doc: "`guard.exempt` names a field that is judged on every path.",
    hint: "rename the form field",
  },
  // Between documents
  hostname_taken: {
    severity: "error",
    doc: "A hostname or alias is used twice, after lower-casing, punycode, and `www.` folding as Odoo does it between tenants.",
    hint: "a hostname belongs to one tenant; make it an alias there, or remove it here",
  },
  database_taken: {
    severity: "error",
    doc: "Two tenants have one database.",
    hint: "give each tenant a database of its own; a second hostname of one tenant is an alias",
  },
  former_database_taken: {
    severity: "error",
    doc: "A former database of one tenant is the database of another, so a link could name it.",
    hint: "remove it from `formerDatabases`",
  },
  binding_empty: {
    severity: "error",
    doc: "The pool's `dbfilter` selects no database for the tenant's hostname.",
    hint: "name the database as the filter asks for it, or use another pool",
  },
  binding_foreign: {
    severity: "error",
    doc: "The pool's `dbfilter` selects another tenant's database for the tenant's hostname.",
    hint: "name the database as the filter asks for it, or use another pool",
  },
  binding_ambiguous: {
    severity: "error",
    doc: "The pool's `dbfilter` selects another tenant's database beside the tenant's own.",
    hint: "use a pool with the `dbfilter` `^%h$`, and name the database as the hostname",
  },
  unknown_pool: {
    severity: "error",
    doc: "A tenant names a pool that does not exist.",
    hint: "add a document of kind WorkerPool",
  },
  unknown_tier: {
    severity: "error",
    doc: "A tenant names a tier that does not exist.",
    hint: "add a document of kind Tier",
  },
  dedicated_shared: {
    severity: "error",
    doc: "A tenant with a dedicated tier shares its pool.",
    hint: "a dedicated pool has exactly one tenant",
  },
  queue_without_workers: {
    severity: "error",
    doc: "A tier queues requests for a pool that does not say how many its workers can take.",
    hint: "write `workers`, or set `concurrency.queue` to 0",
  },
  global_scope: {
    severity: "error",
    doc: "A limit has `scope: Global`, and the Edge has no `redis`, the store that processes share.",
    hint: "give the Edge a `redis`, or use `scope: Local`",
  },
  redis_settings: {
    severity: "error",
    doc: "Fields of the Edge's `redis` do not fit its topology.",
    hint: "Standalone has one address, Sentinel a `masterName`, Cluster no `database`",
  },
  invalid_secret: {
    severity: "error",
    doc: "A secret that is not where exactly one file or variable holds it: a catalog holds none itself.",
    hint: "write it as in { file: /run/secrets/redis } or { env: REDIS_PASSWORD }",
  },
  listener_clash: {
    severity: "error",
    doc: "Two of the edge's own listeners have one port or name.",
    hint: "change one of the ports",
  },
  metadata_endpoint: {
    severity: "error",
    doc: "An endpoint points at a link-local address or at a cloud's metadata service.",
    hint: "workers have addresses of their own: a metadata service hands out credentials",
  },
  own_endpoint: {
    severity: "error",
    doc: "An endpoint points at one of the edge's own listeners.",
    hint: "requests would go round in a circle, or reach the admin interface",
  },
  admin_exposed: {
    severity: "warning",
    doc: "The admin interface listens on more than the loopback interface.",
    hint: "it has no login: use 127.0.0.1, and `telemetry` for probes and scrapes",
  },
  trusts_everyone: {
    severity: "warning",
    doc: "A network of `trustedProxies` or `internalClients` holds every address.",
    hint: "anybody could then forge an address, or pass without limits",
  },
  unused_pool: { severity: "warning", doc: "No tenant uses a pool.", hint: "remove it, if no tenant is to come" },
  unused_tier: { severity: "warning", doc: "No tenant uses a tier.", hint: "remove it, if no tenant is to come" },
  // In production
  expression_too_large: {
    severity: "error",
    doc: "What Envoy would have to evaluate for a tenant is larger than Envoy or the API takes: 100 RE2 instructions, 4096 characters.",
    hint: "shorten or remove some of what the message names",
  },
  production_size: {
    severity: "error",
    doc: "A size that the Node edge takes and Envoy or the API does not: 0, or over 4 GiB.",
    hint: "write a size from 1 byte to 4Gi less one byte",
  },
  production_port: {
    severity: "error",
    doc: "The first listener takes any free port, which a Gateway cannot: only `emit` refuses it.",
    hint: "write a port in the overlay for production",
  },
  guard_port_clash: {
    severity: "error",
    doc: "The guard beside the workers would listen on a port that the workers or its own servers have.",
    hint: "write another `service.guardPort`",
  },
  // The compiler itself
  compiler_fault: {
    severity: "error",
    doc: "The compiler failed, or ran out of memory; the plan in use stays.",
    hint: "this is a fault of Hostward, not of the catalog: please report it",
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof problemCodes;
