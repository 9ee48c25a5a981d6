import t from "tap";
import { doors, findDoor, isUnder, surfacePaths } from "../../src/policy/doors.ts";
import { canonicalPath } from "../../src/policy/path.ts";

const rows: ReadonlyArray<readonly [rule: string, path: string, odooMajor: number, want: string]> = [
  ["a door is found", "/web/database", 17, "/web/database"],
  ["whatever is under it, too", "/web/database/manager/x", 17, "/web/database"],
  ["a trailing slash is under it", "/jsonrpc/", 17, "/jsonrpc"],
  ["whole segments: a longer one is no door", "/web/databasex", 17, ""],
  ["whole segments: a shorter one is no door", "/web/datab", 17, ""],
  ["whole segments: an extension is no door", "/jsonrpc.css", 17, ""],
  ["a parameter is part of the segment", "/jsonrpc;x", 17, ""],
  ["case counts", "/Web/database", 17, ""],
  ["a door needs all its segments", "/web/proxy", 17, ""],
  ["a third segment is compared", "/web/proxy/get", 17, ""],
  ["a door of three segments is found", "/web/proxy/post/web/x", 17, "/web/proxy/post"],
  ["the parent of doors is none", "/web", 17, ""],
  ["the root is none", "/", 17, ""],
  ["nothing is none", "", 17, ""],
  ["XML-RPC is one door", "/xmlrpc/2/db", 17, "/xmlrpc"],
  ["the logo is a door", "/logo", 14, "/logo"],
  ["the logo with its extension is another", "/logo.png", 14, "/logo.png"],
  ["queue_job has everything under it", "/queue_job/runjob", 17, "/queue_job"],
  ["hw_ is a prefix of the first segment", "/hw_proxy/hello", 17, "/hw_*"],
  ["iot_ is a prefix of the first segment", "/iot_drivers", 17, "/iot_*"],
  ["the bare prefix is under it", "/hw_", 17, "/hw_*"],
  ["hw without its underscore is none", "/hw/proxy", 17, ""],
  ["hw_ in a later segment is none", "/web/hw_proxy", 17, ""],
  [
    "a door ends with the versions that have it",
    "/google_account/authentication",
    15,
    "/google_account/authentication",
  ],
  ["a later version has it no more", "/google_account/authentication", 16, ""],
  ["a version to come has every door without an end", "/web/database", 20, "/web/database"],
];
for (const [rule, path, odooMajor, want] of rows) t.equal(findDoor(path, odooMajor)?.path ?? "", want, rule);

t.same(
  surfacePaths,
  ["/hw_*", "/iot_*", "/web/tests", "/web/benchmarks", "/web/set_profiling", "/web/speedscope", "/web/profile_config"],
  "a tier may open the surface and nothing else",
);
t.notOk(isUnder("/web/databases", "/web/database"), "a path is not under a parent that ends inside a segment");

for (const door of doors) {
  const path = door.path.replace("*", "x");
  t.equal(findDoor(`${path}/x`, door.odoo[0])?.path, door.path, `${door.path} is found in Odoo ${door.odoo[0]}`);
  t.equal(canonicalPath(path.replace(/[^/]/g, escaped)), path, `${door.path} has no character that stays escaped`);
}

function escaped(char: string): string {
  return `%${char.charCodeAt(0).toString(16)}`;
}
