import t from "tap";
import { type OutcomeTenant, outcomeOf, ruleOutcome } from "../../src/policy/outcome.ts";
import { classify } from "../../src/policy/rules.ts";

const requests = {
  page: "GET /web",
  door: "GET /web/database/manager",
  rpc: "POST /jsonrpc",
  json: "GET /json/2/x",
  wrongMethod: "GET /jsonrpc",
} as const;

function classified(request: keyof typeof requests) {
  const [method = "", path = ""] = requests[request].split(" ");
  return classify({ method, path, judged: path, upgrade: false }, { odooMajor: 17, surfaceOpen: new Set() });
}

const rows: ReadonlyArray<
  readonly [
    rule: string,
    state: OutcomeTenant["state"],
    rpc: "bound" | "off",
    alias: boolean,
    request: keyof typeof requests,
    want: string,
  ]
> = [
  ["a page is forwarded", "Active", "bound", false, "page", ""],
  ["bound RPC is forwarded", "Active", "bound", false, "rpc", ""],
  ["a door is closed", "Active", "bound", false, "door", "door_closed"],
  ["RPC that is off is refused", "Active", "off", false, "rpc", "rpc_off"],
  ["/json is RPC", "Active", "off", false, "json", "rpc_off"],
  ["a page does not care for RPC", "Active", "off", false, "page", ""],
  ["a wrong method is told before RPC that is off", "Active", "off", false, "wrongMethod", "method_refused"],
  ["maintenance goes before a closed door", "Maintenance", "bound", false, "door", "maintenance"],
  ["maintenance goes before RPC that is off", "Maintenance", "off", false, "rpc", "maintenance"],
  ["suspension answers every page", "Suspended", "bound", false, "page", "suspended"],
  ["an alias redirects", "Active", "bound", true, "page", "alias_redirect"],
  ["an alias redirects also at a door", "Active", "bound", true, "door", "alias_redirect"],
  ["an alias redirects also when suspended", "Suspended", "bound", true, "page", "alias_redirect"],
];
for (const [rule, state, rpc, alias, request, want] of rows) {
  t.equal(outcomeOf({ state, rpc }, alias, classified(request)), want, rule);
}

for (const [rule, , rpc, , request] of rows) {
  const want = outcomeOf({ state: "Active", rpc }, false, classified(request));
  t.equal(ruleOutcome({ rpc }, classified(request)), want, `the rule alone is an active tenant's: ${rule}`);
}
