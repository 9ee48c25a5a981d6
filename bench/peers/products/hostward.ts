import { version } from "../../../src/cli/about.ts";
import { startEdgeSide } from "../../support/sides.ts";
import { peerCatalog } from "../catalog.ts";
import type { Peer } from "../peer.ts";

/** The edge as its operator runs it: `serve`, every policy on, the guard reading bodies, access log to a file. */
export const hostward: Peer = {
  name: "hostward",
  setting:
    "`serve`, one thread, 20 tenants, address lists, both limits on every rule, guard; access log to a file, batched",
  warmsUp: true,
  version: () => version,
  start: ({ port }) => startEdgeSide("hostward", peerCatalog(port)),
};
