import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseAllDocuments } from "yaml";
import { lossIds } from "../../src/gateway-api/emit.ts";
import { cliCatalog, runCli, temporaryFolder } from "../support/cli.ts";
import { lookAt } from "../support/generated-tree.ts";

const folder = temporaryFolder(t);
const at = (name: string): string => join(folder, name);
const port = 8080;
const catalog = cliCatalog({ tenants: ["acme", "globex"], port });
const twoTiers = `${catalog.replace("globex.example, pool: odoo-18, tier: pro", "globex.example, pool: odoo-18, tier: free")}---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: free }
spec: { isolation: Shared, rpc: off }
`;
const files: Readonly<Record<string, string>> = {
  "good.yaml": catalog,
  "moved.yaml": catalog.replace("acme.example", "acme.test"),
  "fewer.yaml": cliCatalog({ tenants: ["acme"], port }),
  "bad.yaml": catalog.replace("acme.example", "acme_.example"),
  "no-port.yaml": cliCatalog({ tenants: ["acme"], port: 0 }),
  "two-tiers.yaml": twoTiers,
  "warned.yaml": cliCatalog({ tenants: [], port }),
  "shared-limits.yaml": `{ apiVersion: hostward.dev/v1alpha1, kind: Edge, metadata: { name: cli }, spec: { redis: { addresses: ["127.0.0.1:6379"] } } }
---
{ apiVersion: hostward.dev/v1alpha1, kind: Tier, metadata: { name: pro }, spec: { limits: { login: { perClient: { requests: 30, unit: Minute }, scope: Global } } } }
`,
  // No guard in production: bodies are not judged there, which is a lost row.
  "lossy.yaml":
    "{ apiVersion: hostward.dev/v1alpha1, kind: Edge, metadata: { name: cli }, spec: { productionGuard: None } }",
};
for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
const emit = (name: string, ...args: readonly string[]) => runCli(["emit", "-c", at(name), ...args]);
const lossy = ["-c", at("lossy.yaml")];

t.test("write, look, change, look", async (t) => {
  const out = at("tree");
  const first = await emit("good.yaml", "-o", out);
  t.same([first.code, first.stdout], [0, ""]);
  t.match(first.stderr, /^\d+ [A-Z]\w+.*\n.*tree: \d+ new, 0 changed, 0 removed, 0 unchanged files\n$/m);
  t.match(first.stderr, /^[ -~\n]*$/, "no colour where nobody looks");
  const before = lookAt(out)!;
  t.same(
    Object.keys(before).filter((path) => !path.endsWith("/")),
    [
      "gateway/backend-traffic.yaml",
      "gateway/catch-all.yaml",
      "gateway/client-traffic.yaml",
      "gateway/filters.yaml",
      "gateway/gateway.yaml",
      "gateway/kustomization.yaml",
      "kustomization.yaml",
      "namespaces/kustomization.yaml",
      "namespaces/odoo-v18.yaml",
      "tenants/acme.yaml",
      "tenants/globex.yaml",
      "tenants/kustomization.yaml",
      "tiers/kustomization.yaml",
      "tiers/pro.yaml",
    ],
    "a file for each tenant, tier and namespace",
  );

  const clean = await emit("good.yaml", "-o", out, "--check");
  t.same([clean.code, clean.stdout], [0, ""]);
  t.match(clean.stderr, /no drift/);

  const drift = await emit("moved.yaml", "-o", out, "--check");
  t.equal(drift.code, 1, "drift");
  t.match(drift.stdout, /^--- .*acme.*\n\+\+\+ /m, "names the file");
  t.match(drift.stdout, /^-.*acme\.example"?$/m, "what is there");
  t.match(drift.stdout, /^\+.*acme\.test"?$/m, "what should be");
  t.match(drift.stderr, /0 missing, \d+ different, 0 stale/);
  t.same(lookAt(out), before, "looking changes nothing");

  const fewer = await emit("fewer.yaml", "-o", out, "--check", "--json");
  const document = JSON.parse(fewer.stdout);
  t.same([fewer.code, document.ok, document.outcome], [1, false, "checked"]);
  const stale = document.changes.filter(({ kind }: { kind: string }) => kind === "stale");
  t.match(stale.map(({ path }: { path: string }) => path).join(), /globex/, "a tenant that is gone is drift");

  const second = await emit("fewer.yaml", "-o", out, "--json");
  const report = JSON.parse(second.stdout);
  t.same([second.code, report.ok, report.outcome, report.changes], [0, true, "written", document.changes]);
  t.notMatch(Object.keys(lookAt(out)!).join(), /globex/);
  t.equal((await emit("fewer.yaml", "-o", out, "--check")).code, 0);
});

t.test("the same catalog gives the same bytes, and one tenant's change its own file", async (t) => {
  for (const [name, out] of [
    ["good.yaml", "one"],
    ["good.yaml", "two"],
    ["moved.yaml", "three"],
  ] as const) {
    t.equal((await emit(name, "-o", at(out))).code, 0);
  }
  const [one, two, three] = ["one", "two", "three"].map((name) => lookAt(at(name))!);
  t.same(one, two);
  t.notMatch(readdirSync(folder).join(), /\.hostward/, "nothing is left beside it");
  const changed = Object.keys(one!).filter((path) => one![path] !== three![path]);
  t.same(changed, ["tenants/acme.yaml"]);
});

t.test("JSON in place of YAML: the other files are stale", async (t) => {
  const out = at("formats");
  await emit("good.yaml", "-o", out);
  t.equal((await emit("good.yaml", "-o", out, "--format", "json")).code, 0);
  const names = Object.keys(lookAt(out)!).filter((path) => !path.endsWith("/") && !path.endsWith("kustomization.yaml"));
  t.same(
    names.filter((name) => name.endsWith(".yaml")),
    [],
  );
  t.ok(names.length > 0);
  for (const name of names) t.equal(JSON.parse(readFileSync(join(out, name), "utf8")).kind, "List", name);
});

t.test("one stream", async (t) => {
  const yaml = await emit("good.yaml", "-o", "-");
  const json = await emit("good.yaml", "-o", "-", "--format", "json");
  const objects = parseAllDocuments(yaml.stdout).map((document) => document.toJS());
  t.same([yaml.code, json.code], [0, 0]);
  t.match(
    objects.map(({ kind }) => kind),
    /HTTPRoute/,
  );
  t.same(JSON.parse(json.stdout), { apiVersion: "v1", kind: "List", items: objects }, "the same objects");
  t.match(yaml.stderr, /^\d+ .*\nprinted\n$/m, "the report is elsewhere");
});

t.test("a catalog with problems", async (t) => {
  const out = at("never");
  const bad = await emit("bad.yaml", "-o", out);
  t.same([bad.code, bad.stdout, lookAt(out)], [1, "", null], "nothing is written");
  t.match(bad.stderr, /bad\.yaml:\d+:\d+: error\[.*\n.*1 error/s);
  const machine = await emit("bad.yaml", "-o", out, "--json");
  t.match(JSON.parse(machine.stdout), { ok: false, problems: [{ severity: "error", line: Number }] });
  const warned = await emit("warned.yaml", "-o", at("warned"));
  t.equal(warned.code, 0, "a warning is no failure");
  t.match(warned.stderr, /warning\[no_tenants\]/);
});

t.test("what production loses", async (t) => {
  const told = await emit("good.yaml", ...lossy, "-o", at("lossy"));
  t.equal(told.code, 0, "is told");
  t.match(told.stderr, /^lost\[[\w-]+\]: .*\n {2}asked for by: .*\n {2}instead: /m);
  const ids = [...new Set(Array.from(told.stderr.matchAll(/^lost\[(.*?)\]/gm), ([, id]) => id!))];

  const strict = await emit("good.yaml", ...lossy, "-o", at("strict"), "--strict");
  t.same([strict.code, lookAt(at("strict"))], [1, null], "fails under --strict, and nothing is written");
  t.match(strict.stderr, `--accept ${ids.join(",")}\n`);
  const stream = await emit("good.yaml", ...lossy, "-o", "-", "--strict");
  t.same([stream.code, stream.stdout], [1, ""], "nor printed");
  const checked = await emit("good.yaml", ...lossy, "-o", at("lossy"), "--strict", "--check");
  t.same([checked.code, checked.stdout], [1, ""], "and fails a check of a tree without drift");

  const accepted = await emit("good.yaml", ...lossy, "-o", at("strict"), "--strict", "--accept", ids.join(","));
  t.equal(accepted.code, 0, "unless it is accepted");
  const each = ids.flatMap((id) => ["--accept", id]);
  const document = JSON.parse(
    (await emit("good.yaml", ...lossy, "-o", at("strict"), "--strict", "--json", ...each)).stdout,
  );
  t.match(document, { ok: true, lost: [{ id: ids[0], refused: false }], needless: [] });

  for (const id of ids) {
    const others = ids.filter((other) => other !== id).join(",");
    const short = await emit("good.yaml", ...lossy, "-o", at("short"), "--strict", "--accept", others);
    t.same([short.code, lookAt(at("short"))], [1, null], `all but ${id} are not enough`);
    t.match(short.stderr, `to take it: --accept ${id}\n`);
  }

  const needless = lossIds.find((id) => !ids.includes(id))!;
  const warned = await emit("good.yaml", ...lossy, "-o", at("lossy"), "--accept", needless);
  t.equal(warned.code, 0);
  t.match(warned.stderr, `warning: --accept ${needless} is not needed`);
});

t.test("what the cluster must have besides", async (t) => {
  const { code, stderr } = await emit("good.yaml", "-c", at("shared-limits.yaml"), "-o", at("shared"));
  t.equal(code, 0);
  t.match(stderr, /^needs: `rateLimit\.backend` .* `pro` answer 500$/m);
  const { needs } = JSON.parse((await emit("good.yaml", "-o", at("shared"), "--json")).stdout);
  t.same(needs, [], "nothing without shared limits");
});

t.test("a port that is taken when the edge starts", async (t) => {
  const checked = await runCli(["check", "-c", at("no-port.yaml")]);
  t.match([checked.code, checked.stdout], [0, /^no problems/], "serves, so check takes it");
  const out = at("no-port");
  const refused = await emit("no-port.yaml", "-o", out);
  t.same([refused.code, refused.stdout, lookAt(out)], [1, "", null], "and nothing that can be emitted");
  t.match(refused.stderr, /no-port\.yaml:5:\d+: error\[production_port\]: cannot emit/);
  const machine = await emit("no-port.yaml", "-o", out, "--json");
  t.match([machine.code, JSON.parse(machine.stdout)], [1, { ok: false, problems: [{ code: "production_port" }] }]);
});

/** Names of the Roles in a stream. */
async function rolesOf(...args: readonly string[]): Promise<string[]> {
  const { stdout } = await emit("two-tiers.yaml", "-o", "-", ...args);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS());
  return objects.filter(({ kind }) => kind === "Role").map(({ metadata }) => metadata.name);
}

t.test("customers may read their own routes, where that is asked for", async (t) => {
  t.same(await rolesOf(), [], "nobody's");
  t.same(await rolesOf("--customer-access"), ["acme.customer", "globex.customer"], "everybody's");
  t.same(await rolesOf("--customer-access", "free"), ["globex.customer"], "a tier's");
  t.same(await rolesOf("--customer-access", "free, pro"), ["acme.customer", "globex.customer"], "several tiers'");
  const unknown = await emit("two-tiers.yaml", "-o", at("unknown"), "--customer-access", "free,gold");
  t.same([unknown.code, unknown.stdout, lookAt(at("unknown"))], [2, "", null], "a tier that is none");
  t.match(unknown.stderr, /access to tier `gold`: there is none\n {2}hint: tiers of this catalog: free, pro\n$/);
});

t.test("a folder that cannot be written", async (t) => {
  mkdirSync(at("foreign"));
  writeFileSync(join(at("foreign"), "kustomization.yaml"), "kind: Kustomization\n");
  const rows: ReadonlyArray<readonly [rule: string, out: string, stderr: RegExp]> = [
    [
      "a foreign file",
      at("foreign"),
      /hostward: cannot write `.*foreign\/kustomization\.yaml`\n {2}hint: .*move it away/,
    ],
    ["a file", at("good.yaml"), /hostward: cannot use `.*good\.yaml`: it is no folder\n {2}hint: /],
    ["no folder above", at("none/tree"), /hostward: cannot write to .*there is no folder `.*none`\n {2}hint: make it/],
  ];
  for (const [rule, out, stderr] of rows) {
    const { code, stdout, ...outcome } = await emit("good.yaml", "-o", out);
    t.same([code, stdout], [1, ""], rule);
    t.match(outcome.stderr, stderr, rule);
  }
  t.same(lookAt(at("foreign")), { "kustomization.yaml": "kind: Kustomization\n" });
  const look = await emit("good.yaml", "-o", at("foreign"), "--check");
  t.match([look.code, look.stdout], [1, /^occupied: kustomization\.yaml/m]);
  rmSync(at("foreign"), { recursive: true });
});
