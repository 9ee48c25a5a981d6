import { isUnder } from "../policy/doors.ts";
import type { BoundNames, GuardFacts } from "../policy/guard/types.ts";
import { withoutFirstSegment } from "../policy/path.ts";
import type { Exchange } from "./exchange.ts";

const none: readonly string[] = [];

/** What the binding guard compares the query and the body of this request with. Known behind the route step. */
export function guardFacts(x: Exchange): GuardFacts {
  return {
    bound: boundNames(x),
    rpc: x.bound!.rpc,
    door: x.classification!.door,
    method: x.method,
    judgedPath: x.judged,
    contentType: x.head.contentType,
    logins: x.services.rates.logins,
  };
}

/** Whether the door is one that a body opens: then the lack of one is judged, too. */
export function standsAtBodyDoor(x: Exchange): boolean {
  const place = x.classification!.door?.place;
  return place === "json" || place === "json-rpc" || place === "xml-rpc";
}

export function boundNames(x: Exchange): BoundNames {
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

/**
 * Field names that the tenant's catalog gives another meaning on this path, also behind a language; at a door nothing
 * means anything else.
 */
function exemptNames(x: Exchange): readonly string[] {
  const behind = withoutFirstSegment(x.judged);
  const here = x.bound!.planned.guardExempt.filter(({ path }) => isUnder(x.judged, path) || isUnder(behind, path));
  return here.flatMap((exemption) => exemption.names);
}
