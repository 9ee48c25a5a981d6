import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseAllDocuments } from "yaml";
import { emitManifests } from "../../src/gateway-api/emit.ts";
import { lintGateway } from "../../src/gateway-api/lint.ts";
import { renderTree } from "../../src/gateway-api/tree/render-tree.ts";
import { checkCatalog } from "../../src/plan/check.ts";
import { temporaryFolder } from "../support/cli.ts";

/** What changes in the tree when something changes in the catalog: no more than must. */
const root = temporaryFolder(t);
let count = 0;

type Guard = "Deny" | "Sidecar" | "ExtAuth" | "None";

const tiers = ["pro", "free"].map((name) => document("Tier", name, "isolation: Shared, rpc: bound"));
const pools = ["16", "18"].map((major) =>
  document(
    "WorkerPool",
    `odoo-${major}`,
    `odoo: "${major}.0", service: { name: odoo-${major}, httpPort: 8069, realtimePort: 8072 }, dbfilter: "^%h$", workers: 4`,
  ),
);
const edge = (guard: Guard): string =>
  document("Edge", "edge", `listeners: [{ name: http, address: 0.0.0.0, port: 80 }], productionGuard: ${guard}`);

function document(kind: string, name: string, spec: string): string {
  const metadata = kind === "WorkerPool" ? `{ name: ${name}, namespace: workers }` : `{ name: ${name} }`;
  return `apiVersion: hostward.dev/v1alpha1\nkind: ${kind}\nmetadata: ${metadata}\nspec: { ${spec} }\n`;
}

function tenant(name: string, changes: Readonly<Record<string, string>> = {}): string {
  const spec = { hostname: `${name}.example`, pool: "odoo-18", tier: "pro", ...changes };
  const fields = Object.entries(spec).map(([field, value]) => `${field}: ${value}`);
  return document("Tenant", name, fields.join(", "));
}

/** The tree of a catalog whose files hold these documents, in this order. */
function treeOf(...files: ReadonlyArray<readonly string[]>): ReadonlyMap<string, string> {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  for (const [i, documents] of files.entries()) writeFileSync(join(folder, `${i}.yaml`), documents.join("---\n"));
  const { plan, problems } = checkCatalog([folder], [lintGateway]);
  if (plan === undefined) throw new Error(`no plan: ${JSON.stringify(problems[0])}`);
  return renderTree(emitManifests(plan, { customerAccess: "all", version: "1.2.3" }).files, "yaml");
}

/** Paths at which two trees differ, sorted. */
function changedBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

const shared = [...pools, ...tiers];
const others = [tenant("globex"), tenant("initech", { tier: "free" }), tenant("hooli", { pool: "odoo-16" })];
const catalogOf = (guard: Guard, ...more: readonly string[]) => treeOf([edge(guard), ...shared, ...others, ...more]);

for (const guard of ["Deny", "Sidecar", "ExtAuth", "None"] as const) {
  // The guard beside the workers reads its tenants from a list.
  const lists = guard === "Sidecar" ? ["components/guard-odoo-18/catalog.yaml"] : [];
  const before = catalogOf(guard, tenant("acme"));

  t.test(`${guard}: the same catalog gives the same bytes, in whatever order and files it is written`, async (t) => {
    t.ok(before.size > 12, `${before.size} files`);
    t.same([...catalogOf(guard, tenant("acme"))], [...before], "twice");
    const backwards = [...[...shared, ...others].reverse(), edge(guard)];
    t.same([...treeOf([tenant("acme"), ...backwards])], [...before], "backwards");
    t.same([...treeOf([...others], [tenant("acme")], shared, [edge(guard)])], [...before], "in several files");
  });

  t.test(`${guard}: a tenant's change is in its own file`, async (t) => {
    for (const changes of [
      { hostname: "acme.test" },
      { formerDatabases: "[old]" },
      { access: "{ deny: [192.0.2.0/24] }" },
      { aliases: "[{ hostname: www.acme.example }]" },
      { origins: '["https://shop.example"]' },
    ]) {
      const isRead = "hostname" in changes || "formerDatabases" in changes;
      const after = catalogOf(guard, tenant("acme", changes));
      const wanted = [...(isRead ? lists : []), "tenants/acme.yaml"];
      t.same(changedBetween(before, after), wanted, Object.keys(changes).join());
    }
  });

  t.test(`${guard}: a tenant that cannot be reached leaves its tier's lists`, async (t) => {
    const after = catalogOf(guard, tenant("acme", { state: "Suspended" }));
    t.same(changedBetween(before, after), [...lists, "tenants/acme.yaml", "tiers/pro.yaml"]);
  });

  t.test(`${guard}: a tenant that moves to another tier changes the lists of both`, async (t) => {
    const after = catalogOf(guard, tenant("acme", { tier: "free" }));
    t.same(changedBetween(before, after), [...lists, "tenants/acme.yaml", "tiers/free.yaml", "tiers/pro.yaml"]);
  });

  t.test(`${guard}: a tenant that comes changes no other's file`, async (t) => {
    const after = catalogOf(guard, tenant("acme"), tenant("umbrella"));
    const wanted = [...lists, "tenants/kustomization.yaml", "tenants/umbrella.yaml", "tiers/pro.yaml"];
    t.same(changedBetween(before, after), wanted);
  });

  t.test(`${guard}: a pool and a tier that come before the others change no tenant's file`, async (t) => {
    const pool = `odoo: "15.0", service: { name: a, httpPort: 8069, realtimePort: 8072 }, dbfilter: "^%h$", workers: 4`;
    const first = [document("WorkerPool", "a-pool", pool), document("Tier", "a-tier", "isolation: Shared, rpc: bound")];
    const changed = changedBetween(before, catalogOf(guard, tenant("acme"), ...first));
    t.ok(changed.includes("namespaces/workers.yaml"), "the pool is there");
    t.same(
      changed.filter((path) => path.startsWith("tenants/") || path.startsWith("tiers/")),
      [],
    );
  });
}

t.test("many tenants: in folders, and in parts of a tier's list that the others do not move between", async (t) => {
  const tenants = Array.from({ length: 1600 }, (_, i) => tenant(`t${i}`));
  const before = treeOf([edge("Deny"), ...shared, ...tenants]);
  const paths = [...before.keys()].filter((path) => /^tenants\/.*\/t\d+\.yaml$/.test(path));
  t.equal(paths.length, tenants.length);
  t.ok(new Set(paths.map((path) => path.split("/")[1])).size > 100, "folders");
  const after = treeOf([edge("Deny"), ...shared, ...tenants, tenant("acme")]);
  const changed = changedBetween(before, after);
  const folder = changed.find((path) => path.endsWith("/acme.yaml"))!.split("/")[1];
  t.same(changed, [`tenants/${folder}/acme.yaml`, `tenants/${folder}/kustomization.yaml`, "tiers/pro.yaml"]);
  const [old, fresh] = [partsOf(before), partsOf(after)];
  t.same(
    [...old].filter(([key, part]) => fresh.get(key) !== part),
    [],
    "each stays in its part",
  );
  t.equal(new Set(fresh.values()).size, 10, "two parts for each rule that forwards");
});

/** The policy that each rule of a tenant's route is in: `rule tenant` → policy. */
function partsOf(tree: ReadonlyMap<string, string>): Map<string, string> {
  const policies = parseAllDocuments(tree.get("tiers/pro.yaml")!).map((parsed) => parsed.toJS());
  return new Map(
    policies.flatMap(({ metadata, spec }) =>
      spec.targetRefs.map((target: { sectionName: string; name: string }) => [
        `${target.sectionName} ${target.name}`,
        metadata.name,
      ]),
    ),
  );
}
