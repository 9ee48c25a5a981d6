import { type Located, nodeAt } from "./located.ts";

/**
 * A document without the values at `paths`, or undefined when it makes no sense without them.
 *
 * Where a value is missing, the list item that misses it goes. What remains keeps its places.
 */
export function prune(root: Located, paths: ReadonlyArray<readonly PropertyKey[]>): Located | undefined {
  const gone = new Set<Located>();
  for (const path of paths) {
    const target = nodeAt(root, path) ?? itemAbove(root, path);
    if (target === undefined || target === root) return undefined;
    gone.add(target);
  }
  return without(root, gone);
}

/** The innermost list item that `path` leads through. */
function itemAbove(root: Located, path: readonly PropertyKey[]): Located | undefined {
  const depth = path.findLastIndex((part) => typeof part === "number");
  return depth < 0 ? undefined : nodeAt(root, path.slice(0, depth + 1));
}

function without(node: Located, gone: ReadonlySet<Located>): Located {
  if (node.kind === "list") {
    return { ...node, items: node.items.filter((item) => !gone.has(item)).map((item) => without(item, gone)) };
  }
  if (node.kind !== "map") return node;
  const kept = [...node.entries].filter(([, entry]) => !gone.has(entry.node));
  return {
    ...node,
    entries: new Map(kept.map(([key, entry]) => [key, { ...entry, node: without(entry.node, gone) }])),
  };
}
