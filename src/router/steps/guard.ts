import { type AnswerProtocol, BodyGuard } from "../../policy/guard/body-guard.ts";
import { expectedDatabaseMessage } from "../../policy/guard/expected-database.ts";
import { judgeQuery } from "../../policy/guard/query.ts";
import type { Finding } from "../../policy/guard/types.ts";
import type { Exchange } from "../exchange.ts";
import { boundNames, guardFacts, standsAtBodyDoor } from "../guard-facts.ts";
import { takeLogin } from "../login-rate.ts";
import type { Step } from "../pipeline.ts";

/**
 * Step 10: the binding guard (DESIGN 3.3): query and body may name no database but this tenant's. Here it is also known
 * whose login is tried.
 */
export const guard: Step = {
  name: "guard",
  run(x) {
    const inQuery = x.query === "" ? null : judgeQuery(x.query, boundNames(x));
    if (x.bodyGuard === null && standsAtBodyDoor(x)) x.bodyGuard = new BodyGuard(guardFacts(x));
    const finding = inQuery ?? x.bodyGuard?.end() ?? null;
    return finding === null ? takeLogin(x) : refuse(x, finding);
  },
  explain(x) {
    const judged = [...(x.query === "" ? [] : ["the query"]), ...(x.bodyGuard === null ? [] : ["the body"])];
    return judged.length === 0
      ? "neither query nor body to judge"
      : `${judged.join(" and ")}: no other database is named`;
  },
};

/** Says what was found in the log and, in words that help its author, in the answer. Neither holds a value of the request. */
function refuse(x: Exchange, finding: Finding): "guard_refused" {
  x.detail = `${finding.reading}: \`${finding.key}\` at byte ${finding.offset}: ${finding.reason}`;
  x.guardMessage = expectedDatabaseMessage(finding, x.bound!.planned.database);
  x.guardProtocol = protocolOf(x);
  return "guard_refused";
}

function protocolOf(x: Exchange): AnswerProtocol {
  return x.bodyGuard?.protocol ?? "none";
}
