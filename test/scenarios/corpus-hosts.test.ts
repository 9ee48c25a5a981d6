import t from "tap";
import { corpusHosts, type HostCase, hostCases } from "../support/corpora.ts";
import { openEdgeLane } from "../support/edge-lane.ts";
import { judge } from "../support/judge.ts";
import { type Lane, observe, runInLanes } from "../support/lane.ts";
import { fieldValues } from "../support/strict-http.ts";

const tenantOf = new Map<string, string>(Object.entries(corpusHosts).map(([name, host]) => [host, name]));

/** The tenants whose workers saw requests, in order, or `reject` for a request that reached none; then what is wrong. */
async function runHostCase(lane: Lane, item: HostCase): Promise<{ reached: string; findings: string[] }> {
  const wanted = item.expect_sequence?.length ?? 1;
  const seen = await observe(lane, [item.raw], wanted);
  const hosts = seen.connections.flatMap(({ requests }) =>
    requests.flatMap(({ fields }) => fieldValues(fields, "host")),
  );
  const names = hosts.map((host) => tenantOf.get(host) ?? host);
  const reached = [...names, ...Array(Math.max(0, wanted - names.length)).fill("reject")].join(" ");
  const allowance = { requestsMin: 0, requestsMax: wanted, hosts: Object.values(corpusHosts), forbidden: [] };
  return { reached, findings: judge(seen, allowance) };
}

// Cases with a server name need TLS, which ends in front of the edge.
const cases = hostCases.filter(({ sni }) => sni === undefined);
const results = await runInLanes(cases, openEdgeLane, runHostCase);
for (const [i, { id, why, expect, expect_sequence, also_ok }] of cases.entries()) {
  const allowed = [expect_sequence?.join(" ") ?? expect, also_ok];
  t.ok(allowed.includes(results[i]!.reached), `${id}: ${why}`, { allowed, reached: results[i]!.reached });
  t.strictSame(results[i]!.findings, [], `${id}: both sides are clean`);
}
