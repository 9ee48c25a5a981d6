/** What the package says of itself, and whether this Node is one that it may run on. */
import { readFileSync } from "node:fs";

interface PackageFacts {
  readonly version: string;
  readonly engines: { readonly node: string };
}

// Two folders up, from src/cli and from dist/cli alike.
const facts: PackageFacts = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

export const version = facts.version;
/** Node versions without known holes in what the edge uses, as `engines` of package.json has them. */
export const supportedNode = facts.engines.node;

/** Whether `node` (`v24.18.1`) is in a range of `^` and `>=` terms joined with `||`. */
export function supportsNode(node: string, range: string): boolean {
  const actual = numbersOf(node);
  return range.split("||").some((term) => {
    const least = numbersOf(term);
    return compare(actual, least) >= 0 && (term.includes(">=") || actual[0] === least[0]);
  });
}

function numbersOf(text: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? "").split(".").map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const i = a.findIndex((part, at) => part !== (b[at] ?? 0));
  return i < 0 ? 0 : a[i]! - (b[i] ?? 0);
}
