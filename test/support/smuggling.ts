import { corpusHosts, type SmugglingCase } from "./corpora.ts";
import { judge } from "./judge.ts";
import { type Lane, observe } from "./lane.ts";

const tenantHosts: readonly string[] = Object.values(corpusHosts);

/** Runs one smuggling case through a lane; what it returns is wrong, nothing is a pass. */
export async function runSmugglingCase(lane: Lane, item: SmugglingCase): Promise<string[]> {
  const rejected = item.expect === "reject";
  const seen = await observe(lane, item.segments ?? [item.raw], item.must_see?.length ?? 1);
  const targets = seen.connections.flatMap(({ requests }) => requests.map(({ target }) => target));
  const findings = judge(seen, {
    requestsMin: item.must_see?.length ?? (item.expect === "forward-one" ? 1 : 0),
    requestsMax: rejected ? 0 : item.backend_max,
    // A case without one host of its own may reach either tenant, each request by its own Host.
    hosts: tenantHosts.includes(item.backend_host ?? "") ? [item.backend_host!] : tenantHosts,
    forbidden: item.forbid,
  });
  const refused = seen.responses.finals.every(({ status }) => status >= 300);
  const unanswered = seen.responses.finals.length === 0;
  return [
    ...findings,
    ...(item.must_see?.filter((target) => !targets.includes(target)).map((target) => `${target} did not arrive`) ?? []),
    ...(rejected && !refused ? ["answered 2xx"] : []),
    ...(rejected && unanswered && seen.exchange.ended === "idle" ? ["neither answered nor closed"] : []),
  ];
}
