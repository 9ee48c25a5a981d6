import t from "tap";
import { smugglingCases } from "../support/corpora.ts";
import { openEdgeLane } from "../support/edge-lane.ts";
import { runInLanes } from "../support/lane.ts";
import { runSmugglingCase } from "../support/smuggling.ts";

const results = await runInLanes(smugglingCases, openEdgeLane, runSmugglingCase);
for (const [i, { id, why }] of smugglingCases.entries()) t.strictSame(results[i], [], `${id}: ${why}`);
