import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { printProblems } from "../../src/catalog/print-problems.ts";
import { checkCatalog } from "../../src/plan/check.ts";

/**
 * One folder, one catalog: `catalog.yaml`, or `layer-1`, `layer-2`, ... → `problems.txt` and, when it compiles,
 * `plan.json`. `UPDATE_GOLDEN=1` rewrites what it should be; the diff is what is reviewed.
 */
const updating = process.env.UPDATE_GOLDEN === "1";
const root = import.meta.dirname;
const isInput = (name: string): boolean => name === "catalog.yaml" || /^layer-[0-9]+$/.test(name);

/** What the files of a case should hold, by name. */
function outputsOf(folder: string): Map<string, string> {
  const layers = readdirSync(folder).filter(isInput).sort();
  const { problems, plan } = checkCatalog(layers.map((layer) => join(folder, layer)));
  const relative = problems.map((problem) => ({ ...problem, file: (problem.file ?? "").replace(`${folder}/`, "") }));
  const outputs = new Map([["problems.txt", printProblems(relative).replaceAll(`${folder}/`, "")]]);
  if (plan !== undefined) outputs.set("plan.json", `${JSON.stringify(plan, null, 2)}\n`);
  return outputs;
}

const cases = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
t.ok(cases.length > 20, "the cases are found");

for (const { name } of cases) {
  t.test(name, async (t) => {
    const folder = join(root, name);
    const outputs = outputsOf(folder);
    if (updating) {
      for (const file of readdirSync(folder)) if (!isInput(file) && !outputs.has(file)) rmSync(join(folder, file));
      for (const [file, text] of outputs) writeFileSync(join(folder, file), text);
    }
    const found = readdirSync(folder).filter((file) => !isInput(file));
    t.same(found.sort(), [...outputs.keys()].sort(), "nothing is missing and nothing is left over");
    for (const [file, text] of outputs) {
      const path = join(folder, file);
      t.equal(existsSync(path) ? readFileSync(path, "utf8") : null, text, file);
    }
  });
}
