import { posix } from "node:path";
import { printYaml } from "../print-yaml.ts";
import { markerLine, rootMarkerLine } from "./marker.ts";

/** Name of the file that makes a folder one for kustomize. */
export const KUSTOMIZATION = "kustomization.yaml";

/**
 * The `kustomization.yaml` of every folder that has resources, by path: its files and the folders below it, sorted.
 * `given` names the folders that bring their own and its kind; nobody lists a component, which is not a resource.
 */
export function kustomizations(
  paths: readonly string[],
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const resources = resourcesByFolder(paths, given);
  const texts = new Map<string, string>();
  for (const folder of [...resources.keys()].sort()) {
    const path = posix.join(folder, KUSTOMIZATION);
    texts.set(path, markerOf(path) + printYaml(kustomization(resources.get(folder)!)));
  }
  return texts;
}

/** The first line of a YAML file at this path. */
export function markerOf(path: string): string {
  return path === KUSTOMIZATION ? rootMarkerLine : markerLine;
}

function kustomization(resources: ReadonlySet<string>) {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [...resources].sort(),
  };
}

function resourcesByFolder(
  paths: readonly string[],
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const resources = new Map<string, Set<string>>();
  /** Lists an entry in its folder, and the folder in the one above it, up to the root or to one that is given. */
  const list = (path: string): void => {
    const folder = posix.dirname(path);
    if (given.has(folder)) {
      if (given.get(folder) !== "Component" && folder !== ".") list(folder);
      return;
    }
    const known = resources.get(folder);
    if (known !== undefined) return void known.add(posix.basename(path));
    resources.set(folder, new Set([posix.basename(path)]));
    if (folder !== ".") list(folder);
  };
  for (const path of paths) list(path);
  return resources;
}
