import t from "tap";
import { corpusHosts, pathCases } from "../support/corpora.ts";
import { openEdgeLane } from "../support/edge-lane.ts";
import { judge } from "../support/judge.ts";
import { type Lane, observe, runInLanes } from "../support/lane.ts";

interface PathRequest {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly want: "blocked" | "reached" | "either";
}

/** XML-RPC endpoints take nothing but POST. */
const postOnly = new Set(["rpc-xmlrpc-common", "rpc-xmlrpc-object"]);

const requests = pathCases.flatMap(({ id, target, must_block, methods, why }) =>
  (methods ?? ["GET"]).map((method): PathRequest => {
    const want =
      must_block === "either"
        ? "either"
        : must_block || (postOnly.has(id) && method !== "POST")
          ? "blocked"
          : "reached";
    return { name: `${method} ${id}: ${why}`, method, target, want };
  }),
);

async function runPath(lane: Lane, { method, target, want }: PathRequest): Promise<string[]> {
  const body = method === "POST" ? "Content-Length: 0\r\n" : "";
  const raw = `${method} ${target} HTTP/1.1\r\nHost: ${corpusHosts.acme}\r\n${body}\r\n`;
  const seen = await observe(lane, [raw], 1);
  const [status = 0] = seen.responses.finals.map((response) => response.status);
  // An RPC client reads a refusal as a fault of its protocol, with status 200.
  const fault = seen.responses.finals[0]?.body.includes("<fault>") ?? false;
  const judged = fault ? { ...seen, responses: { ...seen.responses, finals: [] } } : seen;
  const findings = judge(judged, {
    requestsMin: want === "reached" ? 1 : 0,
    requestsMax: want === "blocked" ? 0 : 1,
    hosts: [corpusHosts.acme],
    forbidden: [],
  });
  const refused = fault || [400, 403, 404, 405].includes(status);
  return [...findings, ...(want === "blocked" && !refused ? [`answered ${status}`] : [])];
}

const results = await runInLanes(requests, openEdgeLane, runPath);
for (const [i, { name }] of requests.entries()) t.strictSame(results[i], [], name);
