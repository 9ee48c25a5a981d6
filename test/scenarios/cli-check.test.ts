import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { cliCatalog, runCli, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder(t);
const files: Readonly<Record<string, string>> = {
  "good.yaml": cliCatalog({}),
  "empty.yaml": cliCatalog({ tenants: [] }),
  "bad.yaml": cliCatalog({ tenants: ["acme", "umbrella"] })
    .replace("acme.example", "acme_.example")
    .replace("umbrella.example, pool", "umbrella.example, pols"),
  "maintenance.yaml":
    "{ apiVersion: hostward.dev/v1alpha1, kind: Tenant, metadata: { name: acme }, spec: { state: Maintenance } }",
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
const at = (name: string): string => join(folder, name);

const rows: ReadonlyArray<readonly [rule: string, names: readonly string[], code: number, stdout: RegExp]> = [
  ["a clean catalog exits 0 and says what it holds", ["good.yaml"], 0, /no problems\n1 tenants, 1 pools/],
  ["a warning is no failure", ["empty.yaml"], 0, /warning\[no_tenants\].*\n.*1 warning\n0 tenants/s],
  [
    "all errors are reported, with their places",
    ["bad.yaml"],
    1,
    /bad\.yaml:\d+:\d+: error.*bad\.yaml:\d+:\d+: error.*\d+ errors/s,
  ],
  ["overlays are merged", ["good.yaml", "maintenance.yaml"], 0, /no problems/],
  ["a file that is not there", ["none.yaml"], 1, /none\.yaml: error\[unreadable\].*ENOENT/],
];
const flags = (names: readonly string[]): string[] => names.flatMap((name) => ["-c", at(name)]);
t.test("check", async (t) => {
  const human = await Promise.all(rows.map(([, names]) => runCli(["check", ...flags(names)])));
  const machine = await Promise.all(rows.map(([, names]) => runCli(["check", "--json", ...flags(names)])));
  for (const [i, [rule, , code, stdout]] of rows.entries()) {
    t.match(human[i]!.stdout, stdout, rule);
    t.same([human[i]!.code, human[i]!.stderr], [code, ""], `${rule}: exit code`);
    const document = JSON.parse(machine[i]!.stdout);
    t.same([machine[i]!.code, document.ok, document.errors === 0], [code, code === 0, code === 0], `${rule}: as JSON`);
    t.equal(document.problems.length, document.errors + document.warnings, `${rule}: every problem is in the document`);
  }
  t.match(JSON.parse(machine[2]!.stdout).problems[0], {
    severity: "error",
    file: at("bad.yaml"),
    line: Number,
    column: Number,
  });
  t.match(human[0]!.stdout, /^[ -~\n]*$/, "no colour where nobody looks");
});
