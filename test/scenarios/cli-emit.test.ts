import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseAllDocuments } from "yaml";
import { lossIds } from "../../src/gateway-api/emit.ts";
import { cliCatalog, runCli, temporaryFolder } from "../support/cli.ts";
import { lookAt } from "../support/generated-tree.ts";

const folder = temporaryFolder(t);
const at = (name: string): string => join(folder, name);
const catalog = cliCatalog({ tenants: ["acme", "globex"] });
const files: Readonly<Record<string, string>> = {
  "good.yaml": catalog,
  "moved.yaml": catalog.replace("acme.example", "acme.test"),
  "fewer.yaml": cliCatalog({ tenants: ["acme"] }),
  "bad.yaml": catalog.replace("acme.example", "acme_.example"),
  "warned.yaml": cliCatalog({ tenants: [] }),
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
  t.match(first.stderr, /^\d+ [A-Z]\w+.*\n.*tree: \d+ new, 0 changed, 0 removed, 0 unchanged files\n$/);
  t.match(first.stderr, /^[ -~\n]*$/, "no colour where nobody looks");
  const before = lookAt(out);

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
  t.match(
    Object.keys(one!)
      .filter((path) => one![path] !== three![path])
      .join(),
    /acme/,
  );
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
  t.match(yaml.stderr, /^\d+ .*\nprinted\n$/, "the report is elsewhere");
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

  const needless = lossIds.find((id) => !ids.includes(id))!;
  const warned = await emit("good.yaml", ...lossy, "-o", at("lossy"), "--accept", needless);
  t.equal(warned.code, 0);
  t.match(warned.stderr, `warning: --accept ${needless} is not needed`);
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
