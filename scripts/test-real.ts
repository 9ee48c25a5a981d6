/** Runs the tests that need other programs, once all of these are there: `npm run test:real`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { h11Python } from "./install-h11.ts";

/** A program, a command that succeeds where it is installed, and the command that installs it. */
const needed: ReadonlyArray<readonly [name: string, probe: readonly string[], install: string]> = [
  ["nginx", ["nginx", "-v"], "apt-get install nginx-light"],
  ["redis-server", ["redis-server", "--version"], "apt-get install redis-server"],
  ["python3", ["python3", "-c", "import venv, ensurepip"], "apt-get install python3 python3-venv"],
  ["h11 for Python", [h11Python, "-c", "import h11"], "node scripts/install-h11.ts"],
];

const missing = needed.filter(([, [program = "", ...args]]) => spawnSync(program, args).status !== 0);
for (const [name, , install] of missing) console.error(`${name} is missing; to install it: ${install}`);

if (missing.length > 0) process.exitCode = 1;
else {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { status } = spawnSync("npx", ["--no-install", "tap", "run", "test/real/*.test.ts"], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
