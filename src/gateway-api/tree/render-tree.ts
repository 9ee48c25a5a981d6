import { posix } from "node:path";
import type { Manifest, ManifestFile } from "../manifest.ts";
import { printYaml } from "../print-yaml.ts";
import { kustomizations, markerOf } from "./kustomizations.ts";
import { isGenerated, markerLine } from "./marker.ts";

/** What the files hold. Kustomizations, and what stands beside one of its own, are YAML in either. */
export type Format = "yaml" | "json";

const KUSTOMIZE = "kustomize.config.k8s.io/";

/**
 * The text of every file by its path, which gets the format's extension, with a `kustomization.yaml` in each folder.
 * A folder that brings its own kustomization is taken as given: its files stay YAML, as it names them itself. One
 * input gives the same texts in the same order.
 */
export function renderTree(files: readonly ManifestFile[], format: Format): ReadonlyMap<string, string> {
  const given = givenFolders(files);
  const texts = new Map<string, string>();
  const put = (path: string, text: string): void => {
    if (texts.has(path)) throw new Error(`two files at ${path}`);
    if (!isGenerated(text)) throw new Error(`nothing in ${path} says that it is generated`);
    texts.set(path, text);
  };
  for (const { path, manifests } of files) {
    if (given.has(posix.dirname(path))) put(withExtension(path, "yaml"), yamlOf(manifests, markerOf(path)));
    else put(withExtension(path, format), format === "yaml" ? yamlOf(manifests) : jsonOf(manifests));
  }
  for (const [path, text] of kustomizations([...texts.keys()], given)) put(path, text);
  return texts;
}

/**
 * Every object in one text, for `kubectl apply -f -`. Kustomizations are left out, and so are components with what stands
 * beside them: those are patches, not objects.
 */
export function renderStream(files: readonly ManifestFile[], format: Format): string {
  const given = givenFolders(files);
  const isObject = ({ apiVersion }: Manifest): boolean => !apiVersion.startsWith(KUSTOMIZE);
  const manifests = files
    .filter(({ path }) => given.get(posix.dirname(path)) !== "Component")
    .flatMap((file) => file.manifests.filter(isObject));
  return format === "yaml" ? yamlOf(manifests) : jsonOf(manifests);
}

/** Folders with a kustomization of their own, and its kind. */
function givenFolders(files: readonly ManifestFile[]): ReadonlyMap<string, string> {
  const given = files.flatMap(({ path, manifests }) => {
    const own = manifests.find(({ apiVersion }) => apiVersion.startsWith(KUSTOMIZE));
    return own === undefined ? [] : [[posix.dirname(path), own.kind] as const];
  });
  return new Map(given);
}

function withExtension(path: string, extension: Format): string {
  return `${path.replace(/\.(?:ya?ml|json)$/, "")}.${extension}`;
}

function yamlOf(manifests: readonly Manifest[], marker: string = markerLine): string {
  return marker + manifests.map(printYaml).join("---\n");
}

function jsonOf(manifests: readonly Manifest[]): string {
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }, null, 2)}\n`;
}
