/**
 * The npm packages that are measured beside the edge, in their exact versions. They are in a folder of their own, as one of
 * them is open to request smuggling (CVE-2026-29057) and another brings an old undici: neither belongs into what `npm ci`
 * installs and `npm audit` judges (docs/decisions).
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../node_modules/.cache/peers", import.meta.url));

const versions = {
  "@fastify/http-proxy": "11.6.3",
  "fast-proxy": "2.2.0",
  fastify: "5.12.8",
  "http-proxy": "1.18.1",
  "http-proxy-3": "2.0.1",
  httpxy: "0.5.6",
  undici: "8.12.4",
} as const;

export type PeerPackage = keyof typeof versions;

const names = Object.keys(versions) as PeerPackage[];

/** Loads a package out of the folder; the caller says what it takes of it. */
export function loadPeerPackage<T>(name: PeerPackage): T {
  return createRequire(join(folder, "package.json"))(name) as T;
}

/** The version that is in the folder, or an empty text. */
export function installedVersion(name: PeerPackage): string {
  const file = join(folder, "node_modules", name, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : "";
}

/** Installs what is not there in its version. No install scripts are run. Throws with npm's words. */
export function installPeerPackages(): void {
  const missing = names.filter((name) => installedVersion(name) !== versions[name]);
  if (missing.length === 0) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify({ private: true, dependencies: versions }, null, 2)}\n`,
  );
  execFileSync("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}
