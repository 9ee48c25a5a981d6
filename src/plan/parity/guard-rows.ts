import type { Plan } from "../types.ts";
import { judging, named, row, unjudged } from "./types.ts";

const jsonPolicies = [
  "guard/hex-digit.ts",
  "guard/json-glance.ts",
  "guard/json-grammar.ts",
  "guard/json-login.ts",
  "guard/json-params.ts",
  "guard/json-reference.ts",
  "guard/json-skip.ts",
  "guard/json-string.ts",
  "guard/json.ts",
  "guard/rpc-rule.ts",
  "guard/short-text.ts",
  "guard/text-check.ts",
];
const xmlPolicies = [
  "guard/xml-call-scan.ts",
  "guard/xml-declaration.ts",
  "guard/xml-grammar.ts",
  "guard/xml-names.ts",
  "guard/xml-reference.ts",
  "guard/xml-tokenizer.ts",
  "guard/xml.ts",
];
const formPolicies = [
  "guard/delimiter-search.ts",
  "guard/form-fields.ts",
  "guard/form.ts",
  "guard/media-type.ts",
  "guard/multipart-boundary.ts",
  "guard/multipart.ts",
  "guard/part-head.ts",
];
const queryPolicies = ["guard/query.ts", "guard/types.ts"];

function bodiesOver(plan: Plan): string {
  const { bodyBytesMax } = plan.edge.extAuth;
  return named("tier", plan.tiers.filter((tier) => tier.bodyBytesMax > bodyBytesMax)); // biome-ignore format: one line
}

/** Step 10: who judges what a request names. */
export const guardRows = [
  row("10 guard", "guard-query", "same", "`db`, `master_pwd` and a door's keys in the query: own database or none", "SecurityPolicy of the tenant (403), or the guard behind", { policies: queryPolicies }),
  row("10 guard", "guard-query-spelling", "wider", "the own database in the query in any spelling, and more than once", "Envoy admits it once, as it is usually written", { modes: unjudged, policies: queryPolicies }),
  row("10 guard", "guard-state", "lost", "`d` in a JSON `state` or `RelayState`: own database or none", "Envoy cannot read it: the workers' `dbfilter` refuses another database there from Odoo 16 on, and up to 15 those doors are closed, which cuts off Google's and Microsoft's calendars: use `Sidecar` or `ExtAuth` where that is needed", { modes: unjudged, policies: ["guard/state-json.ts"] }),
  row("10 guard", "guard-rpc-closed", "wider", "calls that name the own database pass", "the doors that a body decides are closed: use `Sidecar` or `ExtAuth` for tenants with API clients", { modes: ["Deny"], policies: ["guard/rpc-rule.ts"] }),
  row("10 guard", "guard-rpc-open", "lost", "calls that name another database are refused", "nothing: any client can reach any database by RPC. Use another `productionGuard`; never accept this row where two tenants do not trust each other", { modes: ["None"], policies: ["guard/rpc-rule.ts"] }),
  row("10 guard", "guard-bodies", "lost", "JSON, XML and form bodies on every path name the own database or none", "where a website's designer moved an endpoint to another path, its body is not judged. Use `Sidecar` or `ExtAuth`, and keep the workers' `dbfilter`, which holds for all but RPC", { modes: unjudged, policies: [...jsonPolicies, ...xmlPolicies, ...formPolicies] }),
  row("10 guard", "guard-json", "same", "JSON bodies: calls and logins name the own database, on every path", "the same code, behind Envoy", { modes: judging, policies: jsonPolicies }),
  row("10 guard", "guard-xml", "same", "XML bodies: one strict grammar, first parameter the own database, on every path", "the same code, behind Envoy", { modes: judging, policies: xmlPolicies }),
  row("10 guard", "guard-form", "same", "form fields: no master password, `db` the own database or empty", "the same code, behind Envoy", { modes: judging, policies: formPolicies }),
  row("10 guard", "guard-refusal", "same", "RPC refusals are answered in the caller's protocol", "by the guard beside the workers; as an answer of external authorization with status 403, as only that refuses", { modes: judging, policies: ["guard/body-guard.ts", "guard/expected-database.ts"] }),
  row("10 guard", "guard-empty-call", "wider", "a call without a body passes, as it names nothing", "Envoy's question does not tell no body from one that is not shown: 403", { modes: ["ExtAuth"] }),
  row("10 guard", "guard-body-size", "wider", "bodies up to the tier's limit are judged", "Envoy refuses with 413 what is over the Edge's `extAuth.bodyMax`", { modes: ["ExtAuth"], concerns: bodiesOver }),
] as const; // biome-ignore format: a table, one row in a line
