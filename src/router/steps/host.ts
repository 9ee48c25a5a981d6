import { canonicalHost } from "../../policy/host.ts";
import type { Step } from "../pipeline.ts";

/** Step 4: one valid Host, and the tenant or alias that has it. Exact lookup: nothing but the catalog's names. */
export const host: Step = {
  name: "host",
  run(x) {
    // A Host that is spelled as in the catalog is canonical, and needs no reading.
    const spelled = x.authority === "" ? x.plan.hosts.get(x.head.host) : undefined;
    if (spelled !== undefined) {
      x.host = x.head.host;
      x.entry = spelled;
      return "next";
    }
    x.host = canonicalHost(x.head.host);
    if (x.host === "") return "bad_host";
    if (x.authority !== "") x.host = canonicalHost(x.authority);
    if (x.host === "") return "bad_host";
    x.entry = x.plan.hosts.get(x.host) ?? null;
    return x.entry === null ? "unknown_host" : "next";
  },
  explain(x) {
    const { tenant, alias } = x.entry!;
    const what = alias === "" ? "hostname" : `alias (${alias})`;
    return `\`${x.host}\` is the ${what} of tenant ${tenant.name}, database \`${tenant.planned.database}\``;
  },
};
