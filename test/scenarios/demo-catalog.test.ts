import t from "tap";
import { loadCatalog } from "../../src/catalog/load.ts";
import { demoCatalogPath } from "../../src/demo/catalog.ts";
import { demoTries } from "../../src/demo/tries.ts";

const { value, problems } = loadCatalog([demoCatalogPath]);
const spec = value!.tenants.map((tenant) => tenant.spec);

t.same(problems, [], "the demo catalog has no problem");
t.same(value!.pools.map((pool) => pool.spec.odoo).sort(), ["16.0", "17.0", "19.0"], "three pools");
t.same(spec.map((tenant) => tenant.state).sort(), ["Active", "Active", "Active", "Maintenance", "Suspended"]);

const owned = spec.flatMap((tenant) => [tenant.hostname, ...tenant.aliases.map((alias) => alias.hostname)]);
for (const { title, curl } of demoTries(8080)) {
  const [, host = ""] = /'http:\/\/([a-z.]+):8080\/[^']*'$/.exec(curl)!;
  t.ok([...owned, "nobody.localhost"].includes(host), `asks a host of the catalog: ${title}`);
}
