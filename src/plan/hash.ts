import { createHash } from "node:crypto";
import type { Plan } from "./types.ts";

/** JSON with the keys of every object in code-unit order and no white space: equal data, equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const object = value as Readonly<Record<string, unknown>>;
  const fields = Object.keys(object).sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`).join(",")}}`;
}

/**
 * SHA-256, in hex, of a plan without its hash: of one line of canonical JSON for its edge, pools and tiers, and one for
 * each tenant. In lines, since the whole could be longer than a string may be.
 */
export function hashPlan({ edge, pools, tiers, tenants }: Omit<Plan, "hash">): string {
  const hash = createHash("sha256").update(`${canonicalJson({ edge, pools, tiers })}\n`);
  for (const tenant of tenants) hash.update(`${canonicalJson(tenant)}\n`);
  return hash.digest("hex");
}
