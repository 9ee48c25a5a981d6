import type { PeersResult } from "./results.ts";

/** Reads what a run wrote. Throws for anything that is not of this format. */
export function readPeersResult(text: string): PeersResult {
  const result = JSON.parse(text) as PeersResult;
  if (result.format !== "hostward-peers/1") {
    throw new Error(`cannot read a result of the format \`${result.format}\`: must be hostward-peers/1`);
  }
  return result;
}
