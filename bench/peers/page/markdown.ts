/** Markdown tables, and a page of which only marked parts are written anew. */

/** A table; the first column is words, the others are figures. Pipes in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** A table of words alone. */
export function wordTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return table(head, rows).replace(/---:/g, "---");
}

/**
 * The page with its marked parts replaced: what stands between `<!-- measured: NAME -->` and `<!-- end -->`. Everything else is
 * written by hand and stays as it is. Throws when a part has no place in the page, or a place no part.
 */
export function replaceMeasured(page: string, parts: Readonly<Record<string, string>>): string {
  const placed = new Set<string>();
  const replaced = page.replace(/<!-- measured: (\S+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the page has a place \`${name}\`, for which nothing is measured`);
    placed.add(name);
    return `<!-- measured: ${name} -->\n${part}\n<!-- end -->`;
  });
  const lost = Object.keys(parts).filter((name) => !placed.has(name));
  if (lost.length > 0) throw new Error(`the page has no place for ${lost.join(", ")}`);
  return replaced;
}
