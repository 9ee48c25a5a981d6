import { accessAllows } from "../../policy/access.ts";
import { hasSession } from "../../policy/cookies.ts";
import { originAllowed } from "../../policy/realtime.ts";
import type { Exchange } from "../exchange.ts";
import type { Step } from "../pipeline.ts";

/** Step 6: the tenant's lists of client addresses, and whose pages may open a WebSocket with a session. */
export const access: Step = {
  name: "access",
  run(x) {
    const { allow, deny } = x.bound!;
    if ((allow !== null || deny !== null) && !accessAllows(x.clientAddress, x.bound!)) return "access_denied";
    return x.upgrade && x.outcome === "" && !mayOpenSocket(x) ? "origin_refused" : "next";
  },
  explain(x) {
    const { allow, deny } = x.bound!;
    const lists = allow === null && deny === null ? "no lists" : `${x.clientAddress} is admitted by the tenant's lists`;
    return x.upgrade ? `${lists}; Origin \`${x.head.origin ?? "none"}\` may open a WebSocket` : lists;
  },
};

function mayOpenSocket(x: Exchange): boolean {
  const { hostname, aliases, planned } = x.bound!;
  const withSession = x.head.cookie !== null && hasSession(x.head.cookie);
  const own = { hostname, aliases, externalPort: x.via.externalPort, listed: planned.origins };
  return originAllowed(x.head.origin, withSession, own);
}
