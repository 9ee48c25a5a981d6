import { type Door, doors, type NamePlace } from "../policy/doors.ts";

/** Where a name would stand, in words. */
const places: Readonly<Record<NamePlace, string>> = {
  none: "anywhere",
  query: "query",
  state: "`d` of a JSON `state`",
  json: "`params.db` of a JSON body",
  "json-rpc": "first argument of a JSON-RPC call",
  "xml-rpc": "first argument of an XML-RPC call",
};

/** The table of doors as a page of Markdown. */
export function renderDoors(): string {
  return [
    "# Doors",
    "",
    "Every place where a request could name or list databases, and the surface that a tier may open. A door is its path and",
    "all that lies under it, by whole segments, on the canonical path and on that minus its first segment, which Odoo may take",
    "for a language. A `*` stands for the rest of the first segment.",
    "",
    "## Database doors",
    "",
    "They never open. `closed`: 403 `door_closed`, whatever the method. `bound`: forwarded when the request names the tenant's",
    "own database or none, else `guard_refused` ([the guard](../guard.md)). A path that is one door whole and another without",
    "its first segment is closed, as it cannot be judged for both.",
    "",
    "| path | Odoo | methods that Odoo serves | where a name would stand | the edge |",
    "|---|---|---|---|---|",
    ...doors.filter((door) => door.class === "database").map(databaseLine),
    "",
    "## Surface",
    "",
    "Test pages, profilers and device endpoints: they name no database and are answered with 403 `door_closed` unless the",
    "tenant's tier opens them with `deny.allow`.",
    "",
    "| path | Odoo |",
    "|---|---|",
    ...doors.filter((door) => door.class === "surface").map((door) => `| \`${door.path}\` | ${versions(door)} |`),
    "",
  ].join("\n");
}

function databaseLine(door: Door): string {
  const keys = door.keys.map((key) => `\`${key}\``).join(", ");
  const place = keys === "" ? places[door.place] : `${keys} in ${places[door.place]} or form`;
  const action = door.action === "deny" ? "closed" : "bound";
  return `| \`${door.path}\` | ${versions(door)} | ${door.methods} | ${place} | ${action} |`;
}

function versions({ odoo: [first, last] }: Door): string {
  return last === Number.POSITIVE_INFINITY ? `${first} and later` : `${first} to ${last}`;
}
