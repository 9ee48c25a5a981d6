import type { LineCounter } from "yaml";
import type { Problem } from "../core/problem.ts";
import { type ProblemCode, problemCodes } from "./problem-codes.ts";

/**
 * What operators wrote, with the place of each key and value.
 *
 * Places survive overlays: after a merge every value still knows the file that it came from. Keys are in a Map, since
 * operators choose them and `__proto__` is a key like any other.
 */
export type Located = LocatedScalar | LocatedMap | LocatedList;

export interface Source {
  readonly file: string;
  readonly lines: LineCounter;
}

/** A position in a source: the offset of a key's or a value's first character. */
export interface Place {
  readonly source: Source;
  readonly offset: number;
}

interface Base extends Place {
  /** Values in this tree, aliases counted as often as they are used. */
  readonly size: number;
}

export interface LocatedScalar extends Base {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

export interface LocatedList extends Base {
  readonly kind: "list";
  readonly items: readonly Located[];
}

export interface LocatedMap extends Base {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

export interface LocatedEntry {
  readonly key: Place;
  readonly node: Located;
}

/** The JSON value of a tree. Objects have no prototype. */
export function toJson(node: Located): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toJson);
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) object[key] = toJson(entry.node);
  return object;
}

/** `target` changed by a JSON merge patch (RFC 7396): maps are merged, null removes, all else is replaced. */
export function mergePatch(target: Located | undefined, patch: Located): Located {
  if (patch.kind !== "map") return patch;
  const entries = new Map(target?.kind === "map" ? target.entries : []);
  for (const [key, { key: place, node }] of patch.entries) {
    if (node.kind === "scalar" && node.value === null) entries.delete(key);
    else entries.set(key, { key: place, node: mergePatch(entries.get(key)?.node, node) });
  }
  return { ...(target?.kind === "map" ? target : patch), entries };
}

/** The node at `path`, or undefined. */
export function nodeAt(root: Located, path: readonly PropertyKey[]): Located | undefined {
  let node: Located | undefined = root;
  for (const segment of path) {
    if (node?.kind === "map") node = node.entries.get(String(segment))?.node;
    else if (node?.kind === "list") node = node.items[Number(segment)];
    else return undefined;
  }
  return node;
}

/** The place of the key that leads to `path`, or of the list item there; of the nearest key above it where it is missing. */
export function keyPlace(root: Located, path: readonly PropertyKey[]): Place {
  let place: Place = root;
  let node: Located | undefined = root;
  for (const segment of path) {
    if (node?.kind === "map") {
      const entry: LocatedEntry | undefined = node.entries.get(String(segment));
      if (entry === undefined) return place;
      place = entry.key;
      node = entry.node;
    } else if (node?.kind === "list") {
      node = node.items[Number(segment)];
      if (node === undefined) return place;
      place = node;
    } else return place;
  }
  return place;
}

/** A problem at `place`, whose severity and usual hint come from the table. */
export function problemAt(
  place: Place,
  code: ProblemCode,
  message: string,
  details: { readonly path?: readonly PropertyKey[]; readonly hint?: string | undefined } = {},
): Problem {
  const { line, col } = place.source.lines.linePos(place.offset);
  return {
    ...problemIn(place.source.file, code, message, details.hint),
    line,
    column: col,
    path: pointer(details.path ?? []),
  };
}

/** A problem about a whole file or layer. */
export function problemIn(file: string, code: ProblemCode, message: string, hint?: string): Problem {
  const row = problemCodes[code];
  return { code, severity: row.severity, message, file, hint: hint ?? row.hint };
}

/** A problem at the value of `path`, or at the nearest key above it where there is no such value. */
export function problemAtPath(
  root: Located,
  path: readonly PropertyKey[],
  code: ProblemCode,
  message: string,
  hint?: string,
): Problem {
  return problemAt(nodeAt(root, path) ?? keyPlace(root, path), code, message, { path, hint });
}

/** JSON Pointer (RFC 6901) of a path. */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Order of places: by file name, then by offset. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.source.file !== b.source.file) return a.source.file < b.source.file ? -1 : 1;
  return a.offset - b.offset;
}

/** Where a node stands, as a message says it: `at tenants.yaml:12`. */
export function whereabouts(node: Located): string {
  return `at ${node.source.file}:${node.source.lines.linePos(node.offset).line}`;
}
