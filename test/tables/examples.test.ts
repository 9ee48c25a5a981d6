import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { checkCatalog } from "../../src/plan/check.ts";

const examples = join(import.meta.dirname, "../../config/examples");
const names = readdirSync(examples);
t.ok(names.includes("planapulse"), "the example of the README is there");
for (const name of names) {
  const { problems, plan } = checkCatalog([join(examples, name)]);
  t.same(problems, [], `${name} has no problems`);
  t.ok((plan?.tenants.length ?? 0) > 0, `${name} has tenants`);
}
