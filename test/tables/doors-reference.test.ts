import t from "tap";
import { renderDoors } from "../../src/plan/doors-reference.ts";
import { doors } from "../../src/policy/doors.ts";

const rows = renderDoors()
  .split("\n")
  .filter((line) => line.startsWith("| `/"));

t.equal(rows.length, doors.length, "a row for each door");
for (const { path } of doors)
  t.ok(
    rows.some((row) => row.startsWith(`| \`${path}\` |`)),
    `a row for ${path}`,
  );

const written: ReadonlyArray<readonly [rule: string, row: string]> = [
  ["a closed door", "| `/web/database` | 13 and later | any | anywhere | closed |"],
  ["a bound call", "| `/jsonrpc` | 13 and later | POST | first argument of a JSON-RPC call | bound |"],
  ["fields of its own", "| `/logo` | 13 and later | any | `dbname` in query or form | bound |"],
  ["a door that ends", "| `/google_account/authentication` | 13 to 15 | any | `d` of a JSON `state` | bound |"],
  ["a path that a tier may open", "| `/hw_*` | 13 and later |"],
];
for (const [rule, row] of written) t.ok(rows.includes(row), rule);
