import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { checkCatalog } from "../../src/plan/check.ts";

const examples = join(import.meta.dirname, "../../config/examples");
const names = readdirSync(examples);
t.ok(names.includes("planapulse"), "the example of the README is there");
t.ok(names.includes("environments"), "the example of overlays is there");
for (const layers of names.flatMap(layersOf)) {
  const name = layers.join(" + ");
  const { problems, plan } = checkCatalog(layers.map((layer) => join(examples, layer)));
  t.same(problems, [], `${name} has no problems`);
  t.ok((plan?.tenants.length ?? 0) > 0, `${name} has tenants`);
}

/** One catalog, or one for each overlay on the folder `base`. */
function layersOf(name: string): readonly string[][] {
  if (!existsSync(join(examples, name, "base"))) return [[name]];
  const overlays = readdirSync(join(examples, name)).filter((overlay) => overlay !== "base");
  return overlays.map((overlay) => [`${name}/base`, `${name}/${overlay}`]);
}
