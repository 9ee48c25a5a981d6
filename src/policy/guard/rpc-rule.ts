import type { Finding, GuardFacts } from "./types.ts";

/** What the first argument of a call is: the bound database, another string, missing, or no string at all. */
export type FirstArgument = "bound" | "foreign" | "none" | "other";

/** One call of a worker's RPC services, as a body was found to hold it. */
export interface RpcCall {
  readonly reading: "json-rpc" | "xml-rpc";
  /** `common`, `db`, `object`; empty where the path alone decides and does not tell (an alias of an XML-RPC endpoint). */
  readonly service: string;
  readonly method: string;
  readonly first: FirstArgument;
  /** Where in the body the call starts, in bytes. */
  readonly offset: number;
}

/** Methods that need no database. Everything else of `common` and `object` takes it as its first argument. */
const free: Readonly<Record<string, ReadonlySet<string>>> = {
  common: new Set(["version", "about"]),
  db: new Set(["server_version"]),
  object: new Set(),
  "": new Set(["version", "about"]),
};

/**
 * Methods that take the database first whatever the service: an unknown service may be `db`, whose methods take a
 * master password or nothing first, so that a bound first argument proves nothing there.
 */
const boundAnywhere: ReadonlySet<string> = new Set(["login", "authenticate", "execute", "execute_kw", "exec_workflow"]);

/**
 * Why this call is refused, or null when it can reach no database but the bound one (DESIGN 3.3).
 *
 * The services ignore the worker's own filter: any database by name, at any hostname. Any method but POST is refused,
 * as workers execute JSON-RPC with every verb.
 */
export function rpcFinding(call: RpcCall, facts: GuardFacts): Finding | null {
  const { service, method } = call;
  if (facts.rpc === "off") return refuse(call, "service", "the tier serves no RPC");
  const freeHere = Object.hasOwn(free, service) ? free[service] : undefined;
  if (freeHere === undefined) return refuse(call, "service", "the service is not known");
  if (facts.method !== "POST") return refuse(call, "method", "only POST may carry a call");
  const isFree = freeHere.has(method);
  // An unknown service may be `object`, which opens the database that comes first before it looks at the method.
  if (isFree && (service !== "" || call.first !== "foreign")) return null;
  if (service === "db") return refuse(call, "service", "the db service is closed");
  if (service === "" && !isFree && !boundAnywhere.has(method)) {
    return refuse(call, "method", "the method may be the db service's");
  }
  if (call.first === "bound") return null;
  return refuse(call, "args", firstReasons[call.first]);
}

/** Whether a call tries a password for the login name that is its second argument. */
export function logsIn(service: string, method: string): boolean {
  return (service === "common" || service === "") && (method === "login" || method === "authenticate");
}

const firstReasons: Readonly<Record<Exclude<FirstArgument, "bound">, string>> = {
  foreign: "the first argument names another database",
  none: "the first argument must be the database and is missing",
  other: "the first argument must be the database as a string",
};

function refuse(call: RpcCall, key: string, reason: string): Finding {
  return { reading: call.reading, key, offset: call.offset, reason };
}
