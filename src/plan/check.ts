import type { Lint } from "../catalog/lint.ts";
import { loadCatalog } from "../catalog/load.ts";
import type { Problem } from "../core/problem.ts";
import { compilePlan } from "./compile.ts";
import type { Plan } from "./types.ts";

/** What a catalog's files come to: every problem in them, and the plan when none is an error. */
export interface CheckedCatalog {
  readonly problems: readonly Problem[];
  readonly plan?: Plan;
}

/**
 * Loads and compiles a catalog on this thread, which it blocks: for the command line. A serving process uses
 * `compileOffThread`. `further` lints are those of what else the catalog is for.
 */
export function checkCatalog(layers: readonly string[], further: readonly Lint[] = []): CheckedCatalog {
  const { value, problems } = loadCatalog(layers, further);
  return value === undefined ? { problems } : { problems, plan: compilePlan(value) };
}
