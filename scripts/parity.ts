/**
 * Holds production against the edge: `npm run parity`. Needs Envoy, egctl and a Kubernetes API server, which
 * `node scripts/install-parity.ts` installs; with `--allow-missing` it says what is missing and runs nothing.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { missingTools } from "./install-parity.ts";

/** Longest that one file of tests may take, in seconds. */
const TIMEOUT_S = 900;

const missing = missingTools();
for (const { name, install } of missing) console.error(`${name} is missing; to install it: ${install}`);

if (missing.length > 0) {
  const allowed = process.argv.includes("--allow-missing");
  if (allowed) console.error("parity was not tested");
  process.exitCode = allowed ? 0 : 1;
} else {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const args = ["--no-install", "tap", "run", "--jobs=1", `--timeout=${TIMEOUT_S}`, "test/parity/*.test.ts"];
  const { status } = spawnSync("npx", args, { cwd: root, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
