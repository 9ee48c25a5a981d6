/** The filters that a pool may have: Odoo's `%h` is the host, `%d` its first label. */
export type Dbfilter = "^%h$" | "%h" | "^%d$" | "^%d\\..*$";

/** First Odoo whose filter drops one leading `www.` before it reads host and label; earlier ones only skip it for `%d`. */
const FIRST_FOLDING_WWW = 16;

/**
 * Whether a worker of this version, asked with this Host, may open this database: what a pool's filter means.
 *
 * Reads as Odoo does: the host ends at its first colon and keeps its case, host and label are compared literally, and
 * Python's `re.match` anchors the start only, while `$` also stands before one trailing newline.
 */
export function selectsDatabase(filter: Dbfilter, odooMajor: number, host: string, database: string): boolean {
  const name = upTo(host, ":");
  const folded = odooMajor >= FIRST_FOLDING_WWW && name.startsWith("www.") ? name.slice(4) : name;
  switch (filter) {
    case "^%h$":
      return withoutNewline(database) === folded || database === folded;
    case "%h":
      return database.startsWith(folded);
    case "^%d$": {
      const label = firstLabel(folded, odooMajor);
      return withoutNewline(database) === label || database === label;
    }
    case "^%d\\..*$":
      return database.startsWith(`${firstLabel(folded, odooMajor)}.`) && !withoutNewline(database).includes("\n");
  }
}

/** `%d`: up to Odoo 15 a first label `www` gives way to the second, if there is one. */
function firstLabel(host: string, odooMajor: number): string {
  const label = upTo(host, ".");
  const rest = host.slice(label.length + 1);
  return odooMajor < FIRST_FOLDING_WWW && label === "www" && rest !== "" ? upTo(rest, ".") : label;
}

function upTo(text: string, end: string): string {
  const at = text.indexOf(end);
  return at < 0 ? text : text.slice(0, at);
}

function withoutNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
