import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { otherCores, pinned } from "../../support/processes.ts";

/**
 * Runs a script of the bench to its end, away from the proxy's core, and reads the one line of JSON that it prints. Throws with the end of
 * its words when it prints none.
 */
export async function runProgram<T>(script: string, args: readonly string[]): Promise<T> {
  const path = new URL(`../../${script}`, import.meta.url).pathname;
  const [program = "", ...rest] = pinned(otherCores, [process.execPath, path, ...args]);
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"] });
  const [output, words] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (output === "") throw new Error(`${script} gave no result: ${words.slice(-1000)}`);
  return JSON.parse(output) as T;
}
