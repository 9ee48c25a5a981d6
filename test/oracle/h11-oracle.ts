import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { python } from "../../scripts/install-python.ts";
import type { Oracle, Verdict } from "./reading.ts";

/** Asks Python's h11, all requests in one process. */
export const askH11: Oracle = async (raws) => {
  const script = fileURLToPath(new URL("h11_oracle.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const output = text(child.stdout);
  for (const raw of raws) if (!child.stdin.write(`${JSON.stringify(raw)}\n`)) await once(child.stdin, "drain");
  child.stdin.end();
  return (await output)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Verdict);
};
