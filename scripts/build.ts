/** Writes `dist/`, the package's JavaScript, from the sources: `npm run build`. */
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const bin = join(root, "dist/cli/main.js");

rmSync(join(root, "dist"), { recursive: true, force: true });
execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
if (!readFileSync(bin, "utf8").startsWith("#!/usr/bin/env -S node ")) throw new Error(`${bin} has lost its first line`);
chmodSync(bin, 0o755);
process.stdout.write(`built hostward ${execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" })}`);
