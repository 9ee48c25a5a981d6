import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderCatalogJsonSchema } from "../src/catalog/json-schema.ts";
import { renderCatalogReference } from "../src/catalog/reference.ts";
import { renderAnswersReference } from "../src/core/answers-reference.ts";
import { renderLogReference, renderMetricsReference } from "../src/metrics/reference.ts";
import { renderDoors } from "../src/plan/doors-reference.ts";
import { renderParity } from "../src/plan/parity.ts";
import { renderOdooMix } from "./odoo-mix.ts";

/** Writes the files that are made from tables in the code; with `--check` writes nothing and fails when one is stale. */
const generated: ReadonlyArray<readonly [file: string, render: () => string]> = [
  ["config/bench/odoo-mix.json", renderOdooMix],
  ["config/schema/hostward.schema.json", renderCatalogJsonSchema],
  ["docs/reference/answers.md", renderAnswersReference],
  ["docs/reference/catalog.md", renderCatalogReference],
  ["docs/reference/doors.md", renderDoors],
  ["docs/reference/log-fields.md", renderLogReference],
  ["docs/reference/metrics.md", renderMetricsReference],
  ["docs/reference/parity.md", renderParity],
];

const root = join(import.meta.dirname, "..");
const checking = process.argv.includes("--check");
const stale = generated.filter(([file, render]) => {
  const path = join(root, file);
  return !existsSync(path) || readFileSync(path, "utf8") !== render();
});
for (const [file, render] of checking ? [] : stale) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), render());
}
for (const [file] of stale) console.log(checking ? `${file} is stale: run \`npm run docs\`` : `wrote ${file}`);
if (checking && stale.length > 0) process.exitCode = 1;
