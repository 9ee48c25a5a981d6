import { isUnder } from "../../policy/doors.ts";
import { judgeQuery } from "../../policy/guard/query.ts";
import type { BoundNames } from "../../policy/guard/types.ts";
import type { Exchange } from "../exchange.ts";
import type { Step } from "../pipeline.ts";

/** Places where the body carries the name: what cannot be judged is refused. */
const inBody: ReadonlySet<string> = new Set(["json", "json-rpc", "xml-rpc"]);

/** Step 10: the binding guard (DESIGN 3.3). It judges the query; a door that only a body could open stays shut. */
export const guard: Step = {
  name: "guard",
  run(x) {
    const finding = x.query === "" ? null : judgeQuery(x.query, boundNames(x));
    if (finding !== null) {
      x.detail = `${finding.reading}: \`${finding.key}\` at ${finding.offset}: ${finding.reason}`;
      return "guard_refused";
    }
    const door = x.classification!.door;
    if (door !== null && door.action === "bind" && inBody.has(door.place)) {
      x.detail = `door ${door.path}: bodies are not judged`;
      return "guard_refused";
    }
    return "next";
  },
  explain(x) {
    return x.query === "" ? "no query to judge" : "the query names no other database";
  },
};

const none: readonly string[] = [];

function boundNames(x: Exchange): BoundNames {
  const { planned, odooMajor } = x.bound!;
  const { door } = x.classification!;
  return {
    database: planned.database,
    formerDatabases: planned.formerDatabases,
    odooMajor,
    doorKeys: door?.keys ?? none,
    exempt: planned.guardExempt.length === 0 || door !== null ? none : exemptNames(x),
  };
}

/** Field names that the tenant's catalog gives another meaning on this path; at a door nothing means anything else. */
function exemptNames(x: Exchange): readonly string[] {
  const here = x.bound!.planned.guardExempt.filter((exemption) => isUnder(x.judged, exemption.path));
  return here.flatMap((exemption) => exemption.names);
}
