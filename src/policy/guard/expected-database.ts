import type { Finding } from "./types.ts";

/**
 * What the author of a refused request reads: which database this hostname serves, and what to change. Holds no value
 * of the request. `database` is the tenant's own, which its users know.
 */
export function expectedDatabaseMessage(finding: Finding, database: string): string {
  const hint = hints[`${finding.reading} ${finding.key}`] ?? hints[finding.reading]!;
  return `${finding.reason}: this hostname serves the database \`${database}\` and no other; ${hint}`;
}

const callFirst = "give it as the first argument of every call";

const noManager = "databases are not managed through this hostname";

/** By reading and key, then by reading. */
const hints: Readonly<Record<string, string>> = {
  query: "leave the parameter out or name it",
  "query master_pwd": noManager,
  form: 'leave the field out or name it, and send each part with one plain `name="..."`',
  "form master_pwd": noManager,
  json: "send one JSON object in UTF-8 without repeated names, with `params` as an object and `params.db` naming it or left out",
  "json-rpc": callFirst,
  "json-rpc service": "the `db` service offers `server_version` only",
  "json-rpc method": "send calls by POST, with the method as a string",
  "xml-rpc": callFirst,
  "xml-rpc service": "the `db` service offers `server_version` only",
  "xml-rpc method": "send calls by POST to the endpoint's own path",
};
