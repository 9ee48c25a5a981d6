/** What the reader accepts, `node:http` reads the same way; what only the reader refuses, it refuses for a listed reason. */
import fc from "fast-check";
import t from "tap";
import { hostCases, smugglingCases } from "../support/corpora.ts";
import { readTraffic } from "../support/traffic.ts";
import { compareReadings, headsIn } from "./compare.ts";
import { rawHead } from "./head-grammar.ts";
import { askNodeHttp } from "./node-http-oracle.ts";
import { refusals } from "./refusals.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const sources: ReadonlyArray<readonly [name: string, heads: readonly string[], acceptedMin: number]> = [
  ["smuggling corpus", headsIn(smugglingCases.map(({ raw }) => raw)), 20],
  ["host corpus", headsIn(hostCases.map(({ raw }) => raw)), 20],
  ["recorded traffic", headsIn(readTraffic().map(({ head }) => head)), 1400],
  [`10,000 generated heads, seed ${seed}`, fc.sample(rawHead, { numRuns: 10_000, seed }), 2000],
];

const occurred = new Set<string>();
for (const [name, heads, acceptedMin] of sources) {
  const { faults, accepted, used } = await compareReadings(heads, [askNodeHttp]);
  t.strictSame(faults, [], `${name}: no head is read in two ways, none is refused without a reason`);
  t.ok(accepted >= acceptedMin, `${name}: enough heads are accepted to prove something`, { accepted });
  for (const reason of used) occurred.add(reason);
}
for (const { reason } of refusals) t.ok(occurred.has(reason), `the reason occurs: ${reason}`);
