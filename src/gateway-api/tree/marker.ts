/** How a file says that it is ours. Nothing that does not say so is ever written over or removed. */

/** The label on every object, and so on every file. */
export const managedBy = { key: "app.kubernetes.io/managed-by", value: "hostward" } as const;

const label = `${managedBy.key}: ${managedBy.value}`;
/** First line of every YAML file. Whoever takes a file over removes the line. */
export const markerLine = `# ${label}. Generated: edit the catalog, not this file.\n`;
/** First line of the `kustomization.yaml` of a whole tree: a tree below another one is not part of it. */
export const rootMarkerLine = `# ${label}. Root of a generated tree: edit the catalog, not this file.\n`;

const yamlStart = `# ${label}.`;
/** How a JSON file starts that `emit` printed; JSON has no comments, so there the label of its objects counts too. */
const jsonStart = '{\n  "apiVersion": "v1",\n  "kind": "List",';
const jsonLabel = `"${managedBy.key}": "${managedBy.value}"`;

/** Whether a file with this text is one that `emit` wrote. */
export function isGenerated(text: string): boolean {
  return text.startsWith(yamlStart) || (text.startsWith(jsonStart) && text.includes(jsonLabel));
}

/** Whether a `kustomization.yaml` with this text is the root of a tree that `emit` wrote. */
export function isRoot(text: string): boolean {
  return text.startsWith(rootMarkerLine);
}
