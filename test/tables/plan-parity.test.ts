import { readdirSync } from "node:fs";
import t from "tap";
import { parityRows, renderParity } from "../../src/plan/parity.ts";

const policies = readdirSync(new URL("../../src/policy", import.meta.url), { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"))
  .sort();
const named = new Set(parityRows.flatMap((row) => row.policies));

for (const file of policies) t.ok(named.has(file), `a row names the policy ${file}`);
for (const file of named) t.ok(policies.includes(file), `the policy ${file} exists`);

const ids = parityRows.map((row) => row.id);
t.equal(new Set(ids).size, ids.length, "every row has an id of its own");
const page = renderParity();
for (const { id, behaviour } of parityRows) t.ok(page.includes(`| ${id} | ${behaviour} |`), `the page has ${id}`);
