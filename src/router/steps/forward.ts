import type { Step } from "../pipeline.ts";
import { Relay } from "../relay.ts";
import { requestHead } from "../request-head.ts";

/** Step 12: the rebuilt request goes to its worker; goes on when the response head is here. */
export const forward: Step = {
  name: "forward",
  run(x) {
    x.relay = new Relay(x);
    x.relay.begin(x.upstream!);
    return "wait";
  },
  explain(x) {
    return `the worker would receive\n${requestHead(x).trimEnd().replace(/^/gm, "  ")}`;
  },
};
