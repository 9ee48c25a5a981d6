/** What a message's Connection field asks (RFC 9110 section 7.6.1), and the removal of the fields that it nominates. */

export interface ConnectionOptions {
  readonly closes: boolean;
  readonly keepsAlive: boolean;
  readonly upgrades: boolean;
  /** Field names that are for this hop only, lower-cased; the words of Connection itself are none. */
  readonly nominated: ReadonlySet<string>;
}

const nothing: ReadonlySet<string> = new Set();
const silent: ConnectionOptions = { closes: false, keepsAlive: false, upgrades: false, nominated: nothing };

/** The values that nearly every message has, read beforehand. */
const common: ReadonlyMap<string, ConnectionOptions> = new Map([
  ["", silent],
  ["keep-alive", { ...silent, keepsAlive: true }],
  ["close", { ...silent, closes: true }],
  ["upgrade", { ...silent, upgrades: true }],
]);

/** Reads the values of all Connection lines, joined with commas, in any case. */
export function readConnectionOptions(joined: string): ConnectionOptions {
  const value = joined.toLowerCase();
  const known = common.get(value);
  if (known !== undefined) return known;
  const options = new Set(value.split(",").map((option) => option.trim()));
  const closes = options.delete("close");
  const keepsAlive = options.delete("keep-alive");
  const upgrades = options.delete("upgrade");
  options.delete("");
  return { closes, keepsAlive, upgrades, nominated: options };
}

/** `lines`, each ending in CRLF, without those whose lower-cased names are in `names`. Linear in both. */
export function withoutFields(lines: string, names: ReadonlySet<string>): string {
  if (names.size === 0) return lines;
  let kept = "";
  for (let from = 0; from < lines.length; ) {
    const next = lines.indexOf("\r\n", from) + 2;
    if (!names.has(lines.slice(from, lines.indexOf(":", from)).toLowerCase())) kept += lines.slice(from, next);
    from = next;
  }
  return kept;
}
