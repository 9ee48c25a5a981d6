import type { Parsed, Problem } from "../core/problem.ts";
import { mergeLayers, type RawDocument } from "./documents.ts";
import { type CatalogText, readLayer } from "./files.ts";
import { type Declarations, type Lint, lints } from "./lint.ts";
import { comparePlaces, problemAtPath, problemIn } from "./located.ts";
import type { Catalog, Kind } from "./schema.ts";
import { validateKind } from "./validate.ts";

/**
 * Reads, merges and checks a catalog of one or more layers, each a file or a folder.
 *
 * Reports every problem that can be found, sorted by place. Never throws for what files hold or for files that cannot
 * be read. Blocks while it reads: call it where nothing is served. `further` lints look beside those that every catalog
 * must pass.
 */
export function loadCatalog(layers: readonly string[], further: readonly Lint[] = []): Parsed<Catalog> {
  const read = layers.map(readLayer);
  return parseCatalog(
    read.map((layer) => layer.texts),
    layers[0] ?? "",
    read.flatMap((layer) => layer.problems),
    further,
  );
}

/** The catalog that `layers` of texts make. `place` is named by problems that are about the catalog as a whole. */
export function parseCatalog(
  layers: ReadonlyArray<readonly CatalogText[]>,
  place: string,
  found: readonly Problem[] = [],
  further: readonly Lint[] = [],
): Parsed<Catalog> {
  const { documents, problems } = mergeLayers(layers);
  for (const problem of found) problems.push(problem);
  // What could not be read may be what is missing.
  const complete = problems.length === 0;
  const declared = <K extends Kind>(kind: K) =>
    validateKind(kind, documents, problems).sort((a, b) => comparePlaces(a.node, b.node));
  const declarations: Declarations = {
    edges: declared("Edge"),
    pools: declared("WorkerPool"),
    tiers: declared("Tier"),
    tenants: declared("Tenant"),
    names: namesByKind(documents),
  };
  for (const lint of [...lints, ...further]) for (const problem of lint(declarations)) problems.push(problem);
  for (const problem of wholeProblems(documents, complete, place)) problems.push(problem);
  const sorted = problems.sort(compareProblems);
  const edge = declarations.edges[0]?.value;
  if (edge === undefined || sorted.some((problem) => problem.severity === "error")) return { problems: sorted };
  const values = <T>(list: ReadonlyArray<{ readonly value: T }>): T[] => list.map(({ value }) => value);
  const { pools, tiers, tenants } = declarations;
  return { problems: sorted, value: { edge, pools: values(pools), tiers: values(tiers), tenants: values(tenants) } };
}

/** What is wrong with the catalog as a whole: how many Edges and tenants it has. */
function* wholeProblems(documents: readonly RawDocument[], complete: boolean, place: string): Generator<Problem> {
  const edges = documents.filter((document) => document.kind === "Edge").sort((a, b) => comparePlaces(a.node, b.node));
  if (complete && edges.length === 0) yield problemIn(place, "no_edge", "cannot find an Edge in the catalog");
  for (const { node } of edges.slice(1)) {
    yield problemAtPath(node, ["metadata", "name"], "many_edges", "cannot use a second Edge in one catalog");
  }
  if (complete && !documents.some((document) => document.kind === "Tenant")) {
    yield problemIn(place, "no_tenants", "cannot find a Tenant in the catalog");
  }
}

/** Names that were written, also in documents that their schema refused: what refers to those exists. */
function namesByKind(documents: readonly RawDocument[]): Declarations["names"] {
  const names: Record<Kind, Set<string>> = {
    Edge: new Set(),
    WorkerPool: new Set(),
    Tier: new Set(),
    Tenant: new Set(),
  };
  for (const { kind, name } of documents) if (name !== null) names[kind].add(name);
  return names;
}

/** Order in which problems are shown: file, line, column, then code. */
function compareProblems(a: Problem, b: Problem): number {
  const text = (x = "", y = ""): number => (x < y ? -1 : x > y ? 1 : 0);
  return (
    text(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    text(a.code, b.code) ||
    text(a.message, b.message)
  );
}
