import type { Problem } from "../../core/problem.ts";
import type { Declarations } from "../lint.ts";
import { problemAtPath } from "../located.ts";

/** What the store's topology asks for is there, and what it does not have is not. */
export function* lintRedis({ edges }: Declarations): Generator<Problem> {
  for (const { value, node } of edges) {
    const { redis } = value.spec;
    if (redis === undefined) continue;
    const { topology, addresses, masterName, database } = redis;
    const wrong = (field: string, fault: string) =>
      problemAtPath(node, ["spec", "redis", field], "redis_settings", `cannot use \`spec.redis.${field}\`: ${fault}`);
    if (topology === "Standalone" && addresses.length > 1) yield wrong("addresses", "Standalone is one server");
    if (topology === "Sentinel" && masterName === undefined) yield wrong("masterName", "Sentinel needs it");
    if (topology !== "Sentinel" && masterName !== undefined) yield wrong("masterName", "only Sentinel has masters");
    if (topology === "Cluster" && database !== 0) yield wrong("database", "a Cluster has only database 0");
  }
}
