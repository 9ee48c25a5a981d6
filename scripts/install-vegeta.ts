/** Installs the load generator that ours is held against into `node_modules/.cache/vegeta`: `node scripts/install-vegeta.ts`. */
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../node_modules/.cache/vegeta", import.meta.url));
const version = "v12.13.0";

/** The program. */
export const vegeta = `${folder}/vegeta`;

/** Whether it is installed. */
export function isVegetaInstalled(): boolean {
  return spawnSync(vegeta, ["-version"]).status === 0;
}

if (import.meta.main && !isVegetaInstalled()) {
  if (spawnSync("go", ["version"]).status !== 0)
    throw new Error("cannot install vegeta without Go: install Go 1.22 or later");
  const env = { ...process.env, GOBIN: folder };
  execFileSync("go", ["install", `github.com/tsenart/vegeta/v12@${version}`], { stdio: "inherit", env });
}
