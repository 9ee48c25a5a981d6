/** How a document's bytes are read; `ascii` takes none over 0x7f, so that it reads as UTF-8, too. */
export type XmlEncoding = "utf-8" | "ascii";

const encodings: ReadonlyMap<string, XmlEncoding> = new Map([
  ["utf-8", "utf-8"],
  ["iso-8859-1", "ascii"],
  ["us-ascii", "ascii"],
]);

const grammar =
  /^xml\s+version\s*=\s*(["'])1\.0\1(?:\s+encoding\s*=\s*(["'])([\w.-]+)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?$/;

/**
 * What an XML declaration, given from behind its `<` and `?` up to before its `>`, says of the encoding: null when it is
 * none, `other` when it names one that is not taken. Its text is short: the caller sees to that.
 */
export function declaredEncoding(declaration: string): XmlEncoding | "other" | null {
  const match = grammar.exec(declaration);
  return match === null ? null : (encodings.get((match[3] ?? "utf-8").toLowerCase()) ?? "other");
}
