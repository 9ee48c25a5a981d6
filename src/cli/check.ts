import { styleText } from "node:util";
import { printProblems } from "../catalog/print-problems.ts";
import { lintGateway } from "../gateway-api/lint.ts";
import { type CheckedCatalog, checkCatalog } from "../plan/check.ts";
import type { Plan } from "../plan/types.ts";
import { exitCodes } from "./command-error.ts";

/** Prints every problem of a catalog and what it comes to, for people or as JSON; returns the exit code. */
export function check(layers: readonly string[], json: boolean): number {
  const checked = checkCatalog(layers, [lintGateway]);
  process.stdout.write(json ? `${JSON.stringify(documentOf(checked), null, 2)}\n` : textOf(checked));
  return checked.plan === undefined ? exitCodes.failed : exitCodes.ok;
}

function documentOf({ problems, plan }: CheckedCatalog) {
  const count = (severity: string): number => problems.filter((problem) => problem.severity === severity).length;
  return {
    ok: plan !== undefined,
    errors: count("error"),
    warnings: count("warning"),
    problems,
    plan: plan === undefined ? null : sizeOf(plan),
  };
}

function textOf({ problems, plan }: CheckedCatalog): string {
  if (plan === undefined) return printProblems(problems);
  const { tenants, pools, tiers, hash } = sizeOf(plan);
  const size = `${tenants} tenants, ${pools} pools, ${tiers} tiers; plan ${hash.slice(0, 12)}`;
  return `${printProblems(problems)}${styleText("green", size, { stream: process.stdout })}\n`;
}

function sizeOf({ hash, tenants, pools, tiers }: Plan) {
  return { hash, tenants: tenants.length, pools: pools.length, tiers: tiers.length };
}
