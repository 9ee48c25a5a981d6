import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { importsOf, readImports, sourceFiles, violationOf } from "./support/layers.ts";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packages = {
  runtime: new Set(Object.keys(manifest.dependencies)),
  development: new Set(Object.keys(manifest.devDependencies)),
};
const verdict = (file: string, text: string): string[] =>
  importsOf(file, text).flatMap((found) => violationOf(root, found, packages) ?? []);

// Made up, so that a rule that no longer sees anything fails here. The second column is what the file would say.
const refused: ReadonlyArray<readonly [rule: string, file: string, text: string]> = [
  ["policy does not know the plan", "src/policy/x.ts", 'import type { Plan } from "../plan/types.ts";'],
  ["the router does not know admin", "src/router/x.ts", 'import { startAdmin } from "../admin/admin.ts";'],
  ["folders of one rank do not know each other", "src/demo/x.ts", 'import { Edge } from "../router/edge.ts";'],
  ["core knows nobody", "src/core/x.ts", 'import { isUnder } from "../policy/doors.ts";'],
  ["from a folder within", "src/policy/guard/x.ts", 'import { Edge } from "../../router/edge.ts";'],
  ["an import over several lines", "src/plan/x.ts", 'import {\n  Edge,\n} from "../router/edge.ts";'],
  ["an import for its effects", "src/plan/x.ts", 'import "../router/edge.ts";'],
  ["a dynamic import", "src/plan/x.ts", 'const edge = await import("../router/edge.ts");'],
  ["a dynamic import that is computed", "src/plan/x.ts", "const edge = await import(name);"],
  ["require", "src/plan/x.ts", 'const edge = require("../router/edge.ts");'],
  ["a folder without a rank", "src/helpers/x.ts", 'import { isUnder } from "../policy/doors.ts";'],
  ["a file beside the folders", "src/x.ts", 'import { isUnder } from "./policy/doors.ts";'],
  ["a barrel", "src/policy/x.ts", 'export { isUnder } from "./doors.ts";'],
  ["a barrel of everything", "src/policy/x.ts", 'export * from "./doors.ts";'],
  [
    "the product does not know its tests",
    "src/cli/x.ts",
    'import { startTestEdge } from "../../test/support/edge.ts";',
  ],
  ["a file outside of the repository", "test/x.ts", 'import { a } from "../../elsewhere/a.ts";'],
  ["an absolute path", "test/x.ts", 'import { a } from "/tmp/a.ts";'],
  ["a file that is not there", "test/x.ts", 'import { a } from "./nowhere.ts";'],
  ["a package that nobody declared", "test/x.ts", 'import split from "split2";'],
  ["a development package in the product", "src/cli/x.ts", 'import t from "tap";'],
  [
    "a value of a package of types",
    "src/gateway-api/x.ts",
    'import { Gateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway";',
  ],
  ["a builtin without its prefix", "src/cli/x.ts", 'import { join } from "path";'],
  ["undici in the data path", "src/router/relay.ts", 'import { request } from "undici";'],
  ["sockets in a policy", "src/policy/x.ts", 'import { connect } from "node:net";'],
  ["files in a policy", "src/policy/x.ts", 'import { readFileSync } from "node:fs";'],
];
for (const [rule, file, text] of refused) t.equal(verdict(file, text).length, 1, `refused: ${rule}`);

const allowed: ReadonlyArray<readonly [rule: string, file: string, text: string]> = [
  ["a lower rank", "src/router/x.ts", 'import { isUnder } from "../policy/doors.ts";'],
  ["the same folder", "src/router/steps/x.ts", 'import { Edge } from "../edge.ts";'],
  ["bytes in a policy", "src/policy/x.ts", 'import { isUtf8 } from "node:buffer";'],
  ["arithmetic on addresses in a policy", "src/policy/x.ts", 'import { BlockList, isIP } from "node:net";'],
  ["tests may know everything", "test/x.test.ts", 'import { Edge } from "../src/router/edge.ts";'],
  ["what a comment says", "src/policy/x.ts", '// import { Edge } from "../router/edge.ts";\n/* import("x") */'],
];
for (const [rule, file, text] of allowed) t.same(verdict(file, text), [], `allowed: ${rule}`);

const imports = readImports(root, ["src", "test", "bench", "scripts"]).filter(
  ({ file }) => file !== "test/layers.test.ts",
);
t.ok(imports.filter(({ file }) => file.startsWith("src/")).length > 300, "the imports are found");
t.same(
  imports.flatMap((found) => violationOf(root, found, packages) ?? []),
  [],
  "data flows one way",
);

const names = sourceFiles(root, "src").map((file) => file.split("/").at(-1));
const vague = /^(?:index|mod|utils?|helpers?|common|misc)\.ts$/;
t.same(
  names.filter((name) => vague.test(name ?? "")),
  [],
  "a file is named for what it defines",
);
