/** Python's parsers and every Werkzeug that Odoo pins, each in a process of its own, on the same requests. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { python, werkzeugFolder, werkzeugs } from "../../scripts/install-python.ts";
import type { GuardCase } from "../support/guard-cases/case.ts";
import { ownDatabase } from "../support/xml-grammar.ts";

const script = fileURLToPath(new URL("guard_oracle.py", import.meta.url));

/** Every reader: its name, and the folder of its Werkzeug. */
const readers: ReadonlyArray<readonly [name: string, ...folder: string[]]> = [
  ["python"],
  ...werkzeugs.map((version) => [version, werkzeugFolder(version)] as const),
];

/** Their names. */
export const readerNames = readers.map(([name]) => name);

/** Of each case, what some reader takes for another database: `2.2.2 form: db`. */
export async function readByPython(cases: readonly GuardCase[]): Promise<string[][]> {
  const lines = cases.map((one) => `${JSON.stringify(one)}\n`);
  const answers = await Promise.all(readers.map(([name, ...folder]) => ask(name, folder, lines)));
  return cases.map((_, i) => answers.flatMap((answer) => answer[i]!));
}

async function ask(name: string, folder: readonly string[], lines: readonly string[]): Promise<string[][]> {
  const args = ["-W", "ignore", script, ownDatabase, ...folder];
  const child = spawn(python, args, { stdio: ["pipe", "pipe", "inherit"] });
  const output = text(child.stdout);
  for (const line of lines) if (!child.stdin.write(line)) await once(child.stdin, "drain");
  child.stdin.end();
  const answers = (await output).trimEnd().split("\n");
  if (answers.length !== lines.length) throw new Error(`${name} answered ${answers.length} of ${lines.length} cases`);
  return answers.map((line) => (JSON.parse(line) as string[]).map((found) => `${name} ${found}`));
}
