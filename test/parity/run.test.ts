/** The same requests through the Node edge and through Envoy with the emitted manifests: every difference has its row. */
import t from "tap";
import { parityRows } from "../../src/plan/parity.ts";
import { hosts, paths, smuggling, traffic, trafficEntries } from "./cases/corpora.ts";
import { counted } from "./cases/counted.ts";
import { features } from "./cases/features.ts";
import { guardCases, targetCases } from "./cases/generated.ts";
import type { ParityVariant } from "./support/catalog.ts";
import { prepareVariant, runVariant } from "./support/variant.ts";

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`SEED=${seed}`);

const variants: readonly ParityVariant[] = [
  { guard: "Deny", externalPort: 80 },
  { guard: "Deny", externalPort: 443 },
  { guard: "Sidecar", externalPort: 8443 },
  { guard: "ExtAuth", externalPort: 80 },
  { guard: "None", externalPort: 80 },
];

const cases = [
  ...features,
  ...smuggling,
  ...paths,
  ...hosts,
  ...traffic,
  ...guardCases(seed, 400),
  ...targetCases(seed, 600),
];
const exercised = new Set<string>();
for (const variant of variants) {
  const name = `guard ${variant.guard}, port ${variant.externalPort}`;
  const prepared = await prepareVariant(variant);
  const result = await runVariant(prepared, cases, counted, trafficEntries);
  for (const id of result.exercised.keys()) exercised.add(id);
  for (const each of result.unexplained) t.fail(`${name}: ${each}`);
  t.same(result.unexplained, [], `${name}: ${result.sent} cases, every difference has its row`);
}
for (const { id, section } of parityRows) t.ok(exercised.has(id), `${section}: row ${id} was seen to hold`);
