import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { printProblems } from "../../src/catalog/print-problems.ts";
import { type EmitOptions, emitManifests } from "../../src/gateway-api/emit.ts";
import { lintGateway, lintGatewayPort } from "../../src/gateway-api/lint.ts";
import { renderTree } from "../../src/gateway-api/tree/render-tree.ts";
import { checkCatalog } from "../../src/plan/check.ts";
import type { Plan } from "../../src/plan/types.ts";

/**
 * One folder, one catalog: `catalog.yaml`, or `layer-1`, `layer-2`, ... → `problems.txt` and, when it compiles,
 * `plan.json`. With `emit.json` the catalog is held to what production can do, too, and `manifests` stand in the plan's
 * place. `UPDATE_GOLDEN=1` rewrites what it should be; the diff is what is reviewed.
 */
const updating = process.env.UPDATE_GOLDEN === "1";
const root = import.meta.dirname;
const isInput = (name: string): boolean =>
  name === "catalog.yaml" || name === "emit.json" || /^layer-[0-9]+$/.test(name);

/** What `emit.json` holds. */
interface EmitCase {
  readonly customerAccess: EmitOptions["customerAccess"];
  /** Files of the tree that another case shows. */
  readonly leftOut: readonly string[];
}

/** What the files of a case should hold, by path. */
function outputsOf(folder: string): Map<string, string> {
  const inputs = readdirSync(folder).filter(isInput).sort();
  const layers = inputs.filter((name) => name !== "emit.json");
  const emit = layers.length < inputs.length ? (JSON.parse(readText(folder, "emit.json")) as EmitCase) : null;
  const further = emit === null ? [] : [lintGateway, lintGatewayPort];
  const checked = checkCatalog(
    layers.map((layer) => join(folder, layer)),
    further,
  );
  const { problems, plan } = checked;
  const relative = problems.map((problem) => ({ ...problem, file: (problem.file ?? "").replace(`${folder}/`, "") }));
  const outputs = new Map([["problems.txt", printProblems(relative).replaceAll(`${folder}/`, "")]]);
  if (plan !== undefined && emit === null) outputs.set("plan.json", `${JSON.stringify(plan, null, 2)}\n`);
  if (plan !== undefined && emit !== null) for (const [path, text] of treeOf(plan, emit)) outputs.set(path, text);
  return outputs;
}

/** The tree of manifests without what is left out, which must be there. */
function treeOf(plan: Plan, { customerAccess, leftOut }: EmitCase): Map<string, string> {
  const tree = new Map(renderTree(emitManifests(plan, { customerAccess, version: "1.2.3" }).files, "yaml"));
  for (const path of leftOut) if (!tree.delete(path)) throw new Error(`no ${path} to leave out`);
  return new Map(Array.from(tree, ([path, text]) => [`manifests/${path}`, text]));
}

function readText(folder: string, file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/** Paths of all files of a case but its inputs. */
function foundIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return paths.filter((path) => !isInput(path.split("/")[0]!));
}

function update(folder: string, outputs: ReadonlyMap<string, string>): void {
  for (const file of foundIn(folder)) if (!outputs.has(file)) rmSync(join(folder, file));
  for (const [file, text] of outputs) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

const cases = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
t.ok(cases.length > 30, "the cases are found");

for (const { name } of cases) {
  t.test(name, async (t) => {
    const folder = join(root, name);
    const outputs = outputsOf(folder);
    if (updating) update(folder, outputs);
    t.same(foundIn(folder).sort(), [...outputs.keys()].sort(), "nothing is missing and nothing is left over");
    for (const [file, text] of outputs) {
      t.equal(existsSync(join(folder, file)) ? readText(folder, file) : null, text, file);
    }
  });
}
