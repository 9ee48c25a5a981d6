import type { Problem } from "../core/problem.ts";
import type { CatalogText } from "./files.ts";
import { type Located, type LocatedMap, mergePatch, nodeAt, problemAt, problemAtPath, whereabouts } from "./located.ts";
import { readYaml } from "./read-yaml.ts";
import { type Kind, kinds } from "./schema.ts";
import { nearest, quote } from "./wording.ts";

/** A document as all layers together wrote it, not yet checked against its schema. */
export interface RawDocument {
  readonly kind: Kind;
  /** `metadata.name`, or null where it is missing or no text: the schema reports that. */
  readonly name: string | null;
  readonly node: Located;
}

/**
 * The documents of all layers, later layers merged over earlier ones by kind and name.
 *
 * A document that cannot be told apart (no kind, no name) takes part alone.
 */
export function mergeLayers(layers: ReadonlyArray<readonly CatalogText[]>): {
  documents: RawDocument[];
  problems: Problem[];
} {
  const problems: Problem[] = [];
  const merged = new Map<string, RawDocument>();
  for (const [layer, texts] of layers.entries()) {
    const inLayer = new Map<string, Located>();
    for (const node of texts.flatMap(({ file, text }) => collect(readYaml(file, text), problems))) {
      const document = identify(node, problems);
      if (document === null) continue;
      const key = document.name === null ? `${layer}#${merged.size}` : `${document.kind}/${document.name}`;
      const twin = inLayer.get(key);
      if (twin === undefined) {
        inLayer.set(key, node);
        const earlier = merged.get(key);
        merged.set(key, earlier === undefined ? document : { ...document, node: mergePatch(earlier.node, node) });
      } else {
        const message = `cannot use ${document.kind} ${quote(document.name)} twice in one layer: it is also ${whereabouts(twin)}`;
        problems.push(problemAtPath(node, ["metadata", "name"], "duplicate_document", message));
      }
    }
  }
  return { documents: [...merged.values()], problems };
}

function collect(read: { documents: Located[]; problems: Problem[] }, problems: Problem[]): Located[] {
  for (const problem of read.problems) problems.push(problem);
  return read.documents;
}

function identify(node: Located, problems: Problem[]): RawDocument | null {
  if (node.kind !== "map") {
    problems.push(
      problemAt(node, "not_a_document", `cannot use a ${node.kind === "list" ? "list" : "plain value"} as a document`),
    );
    return null;
  }
  const kind = textAt(node, ["kind"]);
  if (kind === null || !isKind(kind)) {
    const found = kind === null ? "cannot use a document without a `kind`" : `cannot use \`kind\` of ${quote(kind)}`;
    const near = kind === null ? undefined : nearest(kind, kinds);
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    problems.push(problemAtPath(node, ["kind"], "unknown_kind", `${found}: must be one of ${kinds.join(", ")}`, hint));
    return null;
  }
  return { kind, name: textAt(node, ["metadata", "name"]), node };
}

function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text);
}

function textAt(node: LocatedMap, path: readonly string[]): string | null {
  const found = nodeAt(node, path);
  return found?.kind === "scalar" && typeof found.value === "string" ? found.value : null;
}
