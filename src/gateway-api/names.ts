/**
 * Names of what is emitted: deterministic, at most 63 characters, and never the same for two objects of a kind.
 *
 * Names from the catalog are RFC 1123 labels, without dots; ours add `.` and a word. So a tenant that is called like
 * one of our objects cannot take its name.
 */
import { createHash } from "node:crypto";

/** Longest name: what also fits a label's value (RFC 1123; Kubernetes: labels). */
export const NAME_LENGTH_MAX = 63;

const DIGEST_LENGTH = 8;

/** `base.suffix`, or `base` alone; a base that is too long is cut, and told apart by a digest of the whole. */
export function nameOf(base: string, suffix = ""): string {
  const tail = suffix === "" ? "" : `.${suffix}`;
  if (base.length + tail.length <= NAME_LENGTH_MAX) return base + tail;
  const digest = createHash("sha256").update(base).digest("hex").slice(0, DIGEST_LENGTH);
  const head = base.slice(0, NAME_LENGTH_MAX - tail.length - DIGEST_LENGTH - 1).replace(/-+$/, "");
  return `${head}.${digest}${tail}`;
}

/** Names of the objects that all tenants share. */
export const sharedNames = {
  envoyProxy: "hostward",
  clientTraffic: "hostward",
  backendTraffic: "hostward",
  forward: "hostward.forward",
  catchAll: "hostward.catch-all",
  extAuth: "hostward.ext-auth",
} as const;
