/** Runs the tests that need other programs, once all of these are there: `npm run test:real`. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isInstalled } from "./install-python.ts";
import { isVegetaInstalled } from "./install-vegeta.ts";

const succeeds = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** What the tests use, whether it is installed, and the command that installs it. */
const needed: ReadonlyArray<readonly [name: string, installed: boolean, install: string]> = [
  ["nginx", succeeds("nginx", "-v"), "apt-get install nginx-light"],
  ["redis-server", succeeds("redis-server", "--version"), "apt-get install redis-server"],
  ["python3", succeeds("python3", "-c", "import venv, ensurepip"), "apt-get install python3 python3-venv"],
  ["wrk", spawnSync("wrk", ["-v"]).error === undefined, "apt-get install wrk"],
  ["vegeta", isVegetaInstalled(), "node scripts/install-vegeta.ts"],
  ["h11, OdooRPC and Werkzeug for Python", isInstalled(), "node scripts/install-python.ts"],
];

const missing = needed.filter(([, installed]) => !installed);
for (const [name, , install] of missing) console.error(`${name} is missing; to install it: ${install}`);

if (missing.length > 0) process.exitCode = 1;
else {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { status } = spawnSync("npx", ["--no-install", "tap", "run", "--timeout=300", "test/real/*.test.ts"], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
