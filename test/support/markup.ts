/**
 * What keeps a text from being well-formed markup of the strict kind that reports write, or null: elements that nest and
 * end, attributes in double quotes and no twice, no bare `<`, `>` or `&`. Void elements of HTML may be left open.
 */
export function markupProblem(text: string): string | null {
  const open: string[] = [];
  let at = text.startsWith("<!doctype html>\n") ? 16 : 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) return `not markup: ${text.slice(at, at + 60)}`;
    at = TOKEN.lastIndex;
    const [, end, name, attributes = "", closed] = found;
    if (end !== undefined) {
      if (open.pop() !== end) return `</${end}> ends nothing`;
    } else if (name !== undefined) {
      const keys = Array.from(attributes.matchAll(/([\w:-]+)=/g), ([, key]) => key);
      if (new Set(keys).size < keys.length) return `twice the same attribute in <${name}>`;
      if (closed === "" && !["meta"].includes(name)) open.push(name);
    }
  }
  return open.length === 0 ? null : `<${open.at(-1)}> does not end`;
}

const TOKEN = /<\/([\w-]+)>|<([\w-]+)((?: [\w:-]+="(?:[^"<&]|&#?\w+;)*")*)(\/?)>|(?:[^<>&]|&#?\w+;)+/y;
