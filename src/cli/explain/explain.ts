import { styleText } from "node:util";
import { printProblems } from "../../catalog/print-problems.ts";
import { checkCatalog } from "../../plan/check.ts";
import { exitCodes } from "../command-error.ts";
import { type Explanation, explainRequest } from "./dry-run.ts";
import type { RequestWords } from "./raw-request.ts";

/** What to explain, and how to print it. */
export interface ExplainOptions {
  readonly layers: readonly string[];
  readonly words: RequestWords;
  /** IP address that connects. */
  readonly client: string;
  readonly json: boolean;
}

/** Prints what would happen to a request and returns the exit code. */
export async function explain({ layers, words, client, json }: ExplainOptions): Promise<number> {
  const { plan, problems } = checkCatalog(layers);
  if (plan === undefined) {
    process.stderr.write(printProblems(problems));
    return exitCodes.failed;
  }
  const explanation = await explainRequest(plan, words, client);
  process.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : textOf(explanation));
  return explanation.end.kind === "forwarded" ? exitCodes.ok : exitCodes.answered;
}

function textOf({ steps, end }: Explanation): string {
  const lines = steps.map(({ number, name, verdict, why }) => {
    const shown = verdict === "next" ? name.padEnd(12) : styleText("red", name.padEnd(12), { stream: process.stdout });
    return `${String(number).padStart(2)}  ${shown} ${verdict === "next" ? why : `${verdict}: ${why}`}`;
  });
  return `${lines.join("\n")}\n\n${endOf(end)}\n`;
}

function endOf(end: Explanation["end"]): string {
  const style = (color: "green" | "red", text: string) => styleText(color, text, { stream: process.stdout });
  if (end.kind === "forwarded") {
    const head = indent(end.workerReceives);
    return `${style("green", "forwarded")} for tenant ${end.tenant} to pool ${end.pool}; the worker would receive\n${head}`;
  }
  return `${style("red", "answered")} ${end.status} ${end.code}; the client would receive\n${indent(`${end.head}\n\n${end.body}`)}`;
}

function indent(text: string): string {
  return text.replace(/\r/g, "").replace(/^(?=.)/gm, "  ");
}
