/** What a catalog may say to the Node edge and not to production: found by `check`, not in the cluster. */
import type { Declarations } from "../catalog/lint.ts";
import { problemAtPath } from "../catalog/located.ts";
import type { EdgeDocument, PoolDocument, TenantDocument, TierDocument } from "../catalog/schema.ts";
import type { Declared } from "../catalog/validate.ts";
import type { Problem } from "../core/problem.ts";
import { formatQuantityBytes } from "../core/units.ts";
import { CEL_LENGTH_MAX, queryRefusals, type Refusal, upgradeRefusals } from "./cel.ts";
import { CEL_REGEX_SIZE_MAX } from "./regex.ts";
import { judgesBodies } from "./route-rules.ts";
import { ownOrigins } from "./sections/security-policy.ts";

/** Envoy counts bytes in 32 bits. */
const BYTES_MAX = 2 ** 32 - 1;

/** Ports of the guard's own servers, in the component that adds it beside the workers. */
const guardServerPorts = [9901, 9902];

/** Finds what Envoy or the Kubernetes API would refuse of the manifests of a catalog. */
export function* lintGateway({ edges, pools, tiers, tenants }: Declarations): Generator<Problem> {
  const edge = edges[0];
  if (edge === undefined) return;
  yield* lintSize(edge, ["spec", "http", "responseMax"], edge.value.spec.http.responseMax, 0);
  for (const tier of tiers) yield* lintSize(tier, ["spec", "body", "max"], tier.value.spec.body.max, 1);
  if (edge.value.spec.productionGuard === "Sidecar") for (const pool of pools) yield* lintGuardPort(pool);
  const poolByName = new Map(pools.map((pool) => [pool.value.metadata.name, pool.value]));
  for (const tenant of tenants) {
    const pool = poolByName.get(tenant.value.spec.pool);
    if (pool !== undefined) yield* lintExpressions(edge.value, pool, tenant);
  }
}

/** Finds a first listener without a port, which serves but cannot be emitted: only `emit` asks. */
export function* lintGatewayPort({ edges }: Declarations): Generator<Problem> {
  const edge = edges[0];
  if (edge?.value.spec.listeners[0]?.port !== 0) return;
  const message = "cannot emit a listener with `port` of 0";
  yield problemAtPath(edge.node, ["spec", "listeners", 0, "port"], "production_port", message);
}

function* lintSize(
  { node }: Declared<EdgeDocument | TierDocument>,
  path: readonly string[],
  bytes: number,
  bytesMin: number,
): Generator<Problem> {
  if (bytes >= bytesMin && bytes <= BYTES_MAX) return;
  const message = `cannot emit \`${path.join(".")}\` of ${formatQuantityBytes(bytes)}: must be between ${bytesMin} and ${BYTES_MAX} bytes in production`;
  yield problemAtPath(node, path, "production_size", message);
}

function* lintGuardPort({ value, node }: Declared<PoolDocument>): Generator<Problem> {
  const { httpPort, realtimePort, guardPort } = value.spec.service;
  if (![httpPort, realtimePort, ...guardServerPorts].includes(guardPort)) return;
  const message = `cannot put the guard on port ${guardPort}: it is taken in the workers' pods`;
  yield problemAtPath(node, ["spec", "service", "guardPort"], "guard_port_clash", message);
}

function* lintExpressions(
  { spec: edge }: EdgeDocument,
  { spec: pool }: PoolDocument,
  { value, node }: Declared<TenantDocument>,
): Generator<Problem> {
  const { spec } = value;
  const [listener] = edge.listeners;
  const facts = {
    odooMajor: Number.parseInt(pool.odoo, 10),
    database: spec.database ?? spec.hostname,
    formerDatabases: spec.formerDatabases,
    guardExempt: spec.guard.exempt,
    origins: ownOrigins(listener?.externalPort ?? listener?.port ?? 0, spec),
    judgesQueries: !judgesBodies(edge.productionGuard),
  };
  for (const refusal of [...upgradeRefusals(facts), ...queryRefusals(facts)]) {
    const excess = excessOf(refusal);
    if (excess === "") continue;
    const path = causeOf(refusal, value);
    const message = `cannot emit what Envoy must evaluate for \`${path.join(".")}\`: ${excess}`;
    yield problemAtPath(node, path, "expression_too_large", message);
  }
}

function excessOf({ cel, regexSizeMax }: Refusal): string {
  if (regexSizeMax > CEL_REGEX_SIZE_MAX)
    return `a regular expression of up to ${regexSizeMax} instructions is over the limit of ${CEL_REGEX_SIZE_MAX}`;
  return cel.length > CEL_LENGTH_MAX
    ? `an expression of ${cel.length} characters is over the limit of ${CEL_LENGTH_MAX}`
    : "";
}

/** The field of a tenant that makes an expression grow. */
function causeOf({ name, regexSizeMax }: Refusal, { spec }: TenantDocument): readonly string[] {
  const { aliases, origins, formerDatabases, guard } = spec;
  if (name === "origin") return ["spec", aliases.length > origins.length ? "aliases" : "origins"];
  const isExemption = name === "query-database" && guard.exempt.length > formerDatabases.length;
  return regexSizeMax > CEL_REGEX_SIZE_MAX || isExemption ? ["spec", "guard", "exempt"] : ["spec", "formerDatabases"];
}
