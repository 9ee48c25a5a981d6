/** Small trees for the tests of what `emit` writes, and how a folder looks. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Manifest, ManifestFile } from "../../src/gateway-api/manifest.ts";
import { renderTree } from "../../src/gateway-api/tree/render-tree.ts";

/** A manifest with the label, and whatever a case changes. */
export function manifest(name: string, changes: Readonly<Record<string, unknown>> = {}): Manifest {
  const labels = { "app.kubernetes.io/managed-by": "hostward" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, ...changes };
}

/** A file of one manifest that is named for it. */
export function manifestFile(path: string, changes: Readonly<Record<string, unknown>> = {}): ManifestFile {
  return { path, manifests: [manifest(path.split("/").at(-1)!, changes)] };
}

/** Two generations of one tree: `b` changes a file, adds one with its folder, drops one with its, and keeps one. */
export const generations = {
  a: renderTree(
    [
      manifestFile("kept"),
      manifestFile("tenants/acme", { data: { rate: "1" } }),
      manifestFile("tenants/globex"),
      manifestFile("old/hooli"),
    ],
    "yaml",
  ),
  b: renderTree(
    [
      manifestFile("kept"),
      manifestFile("tenants/acme", { data: { rate: "2" } }),
      manifestFile("tenants/globex"),
      manifestFile("new/initech"),
    ],
    "yaml",
  ),
} as const;

/** Everything in a folder: texts by path, `-> target` for links, a trailing `/` for folders; null where it is not there. */
export function lookAt(dir: string): Readonly<Record<string, string>> | null {
  if (lstatSync(dir, { throwIfNoEntry: false }) === undefined) return null;
  const entries = readdirSync(dir, { recursive: true, encoding: "utf8" }).map((path): [string, string] => {
    const stats = lstatSync(join(dir, path));
    if (stats.isDirectory()) return [`${path}/`, ""];
    return [
      path,
      stats.isSymbolicLink() ? `-> ${readlinkSync(join(dir, path))}` : readFileSync(join(dir, path), "utf8"),
    ];
  });
  return Object.fromEntries(entries.sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** Writes texts into a folder, and the folders that they need. */
export function put(dir: string, texts: Iterable<readonly [path: string, text: string]>): void {
  mkdirSync(dir, { recursive: true });
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}
