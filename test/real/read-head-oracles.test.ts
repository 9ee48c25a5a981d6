/** The same comparison as test/oracle, with 100,000 generated heads and a second oracle of another family. */
import fc from "fast-check";
import t from "tap";
import { compareReadings, headsIn } from "../oracle/compare.ts";
import { askH11 } from "../oracle/h11-oracle.ts";
import { rawHead } from "../oracle/head-grammar.ts";
import { askNodeHttp } from "../oracle/node-http-oracle.ts";
import { hostCases, smugglingCases } from "../support/corpora.ts";
import { readTraffic } from "../support/traffic.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const recorded = [
  ...smugglingCases.map(({ raw }) => raw),
  ...hostCases.map(({ raw }) => raw),
  ...readTraffic().map(({ head }) => head),
];
const generated = fc.sample(rawHead, { numRuns: 100_000, seed });
const { faults, accepted } = await compareReadings([...headsIn(recorded), ...generated], [askNodeHttp, askH11]);

t.strictSame(faults.slice(0, 20), [], `node:http and h11 read alike what the edge accepts, seed ${seed}`);
t.ok(accepted > 10_000, "enough heads are accepted to prove something", { accepted });
