import { clientAddress, clientProto } from "../../policy/client.ts";
import { countSessions } from "../../policy/cookies.ts";
import { LAST_SESSION_QUERY_MAJOR, sessionInQuery } from "../../policy/guard/query.ts";
import { outcomeOf } from "../../policy/outcome.ts";
import { goesToRealtime, isWebSocketUpgrade } from "../../policy/realtime.ts";
import { classify, type RuleName, ruleNames } from "../../policy/rules.ts";
import type { Exchange } from "../exchange.ts";
import type { LinkedTenant } from "../link.ts";
import type { Step } from "../pipeline.ts";
import { shed } from "../shed.ts";

/** Step 5: tenant, client and rule, and what becomes of the request unless a later step refuses it, or the edge is overloaded. */
export const route: Step = {
  name: "route",
  run(x) {
    const tenant = x.entry!.tenant;
    bind(x, tenant);
    if (x.head.cookie !== null && countSessions(x.head.cookie) > 1) return "repeated_session";
    if (tenant.odooMajor <= LAST_SESSION_QUERY_MAJOR && x.hasQuery && sessionInQuery(x.query))
      return "session_in_query";
    x.upgrade = x.head.framing === "none" && isWebSocketUpgrade(x.method, x.head.upgrade !== "", x.head.upgrade);
    const classification = classify(x, tenant);
    x.classification = classification;
    x.rule = classification.rule;
    x.ruleIndex = ruleIndexes[classification.rule];
    x.realtime = goesToRealtime(x.path, x.upgrade, tenant.odooMajor);
    // An upgrade that leads nowhere else is an ordinary request without it.
    x.upgrade = x.upgrade && x.realtime;
    x.outcome = outcomeOf(tenant, x.entry!.alias === "Redirect", classification);
    return x.services.overload.bodyLevel === 0 ? "next" : shed(x);
  },
  explain(x) {
    const door = x.classification!.door === null ? "" : `, door \`${x.classification!.door.path}\``;
    const port = x.realtime ? "realtime" : "HTTP";
    const outcome = x.outcome === "" ? `forward to the ${port} port of pool ${x.pool}` : `answer ${x.outcome}`;
    return `tenant ${x.tenant}, rule ${x.rule}${door}: ${outcome}; client ${x.clientAddress} over ${x.scheme}`;
  },
};

const ruleIndexes = Object.fromEntries(ruleNames.map((name, i) => [name, i])) as Record<RuleName, number>;

function bind(x: Exchange, tenant: LinkedTenant): void {
  x.bound = tenant;
  tenant.upstream.requests++;
  x.tenant = tenant.name;
  x.pool = tenant.upstream.name;
  x.place = tenant.logText;
  x.poolIndex = tenant.upstream.metricsIndex;
  const { peerAddress, proxies } = x.client;
  if (proxies !== null) {
    x.clientAddress = clientAddress(peerAddress, x.head.forwardedFor, proxies);
    x.scheme = clientProto(peerAddress, x.head.forwardedProto, proxies, "http");
  }
  x.internal = x.plan.internalClients?.has(x.clientAddress) ?? false;
}
