import type { Step } from "../pipeline.ts";

/** Step 8: what routing found, unless it is to forward. */
export const outcome: Step = {
  name: "outcome",
  run(x) {
    return x.outcome === "" ? "next" : x.outcome;
  },
  explain() {
    return "forward";
  },
};
