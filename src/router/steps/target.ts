import { splitTarget } from "../../policy/target.ts";
import type { Step } from "../pipeline.ts";

/** Step 2: the request target (RFC 9112 section 3.2); the authority of an absolute form replaces Host. */
export const target: Step = {
  name: "target",
  run(x) {
    const split = splitTarget(x.method, x.head.target);
    if (typeof split === "string") return split;
    x.authority = split.authority;
    x.rawPath = split.path;
    x.query = split.query;
    x.hasQuery = split.hasQuery;
    return "next";
  },
  explain(x) {
    const form = x.authority === "" ? "origin form" : `absolute form, authority \`${x.authority}\` replaces Host`;
    return x.hasQuery ? `${form}, with a query` : form;
  },
};
