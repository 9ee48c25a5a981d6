import { rpcFinding } from "./rpc-rule.ts";
import type { GuardFacts } from "./types.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * The plain version of `JsonReader` for bodies that `JSON.parse` reads: the key of its finding, or empty. Of repeated
 * names the last counts here, as for a worker. On no request path. Throws where `JSON.parse` does.
 */
export function referenceKey(body: string, facts: GuardFacts): string {
  const place = facts.door?.place;
  const atDoor = place === "json" || place === "json-rpc";
  const top: unknown = JSON.parse(body);
  if (!isObject(top)) return atDoor ? "body" : "";
  if (!Object.hasOwn(top, "params")) return place === "json-rpc" ? "body" : "";
  const { params } = top;
  if (!isObject(params)) return atDoor || isListOfPairs(params) ? "body" : "";
  if (Object.hasOwn(params, "db") && params.db !== facts.bound.database && params.db !== "") return "db";
  return place === "json-rpc" || isCall(params) ? callKey(params, facts) : "";
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a worker's `dict()` could find a guarded name in it. */
function isListOfPairs(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.some((item: unknown) => {
    const first: unknown = Array.isArray(item) ? item[0] : isObject(item) ? Object.keys(item)[0] : null;
    return first === "service" || first === "db";
  });
}

function isCall(params: Members): boolean {
  const service = params.service;
  const known = service === "common" || service === "db" || service === "object";
  return known && Object.hasOwn(params, "method") && Object.hasOwn(params, "args");
}

function callKey({ service, method, args = [] }: Members, facts: GuardFacts): string {
  if (typeof service !== "string") return "service";
  if (typeof method !== "string") return "method";
  if (!Array.isArray(args)) return "args";
  const [first] = args as readonly unknown[];
  const kind = first === facts.bound.database ? "bound" : typeof first === "string" ? "foreign" : "other";
  const call = { service, method, first: args.length === 0 ? "none" : kind, offset: 0, reading: "json-rpc" } as const;
  return rpcFinding(call, facts)?.key ?? "";
}
