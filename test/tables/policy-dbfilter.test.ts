import t from "tap";
import { type Dbfilter, selectsDatabase } from "../../src/policy/dbfilter.ts";

const rows: ReadonlyArray<
  readonly [rule: string, filter: Dbfilter, majors: readonly number[], host: string, database: string, want: boolean]
> = [
  ["the host names its database", "^%h$", [13, 15, 16, 19], "acme.example", "acme.example", true],
  ["the host names no other", "^%h$", [13, 19], "acme.example", "globex.example", false],
  ["^%h$ takes no prefix", "^%h$", [13, 19], "acme.example", "acme.example2", false],
  ["^%h$ takes no suffix", "^%h$", [13, 19], "acme.example", "x.acme.example", false],
  ["a dot in the host is literal", "^%h$", [13, 19], "acme.example", "acmexexample", false],
  ["$ stands before a trailing newline", "^%h$", [13, 19], "acme.example", "acme.example\n", true],
  ["$ stands before one newline only", "^%h$", [13, 19], "acme.example", "acme.example\n\n", false],
  ["up to 15 the host keeps its www", "^%h$", [13, 14, 15], "www.acme.example", "acme.example", false],
  ["up to 15 www is part of the name", "^%h$", [13, 14, 15], "www.acme.example", "www.acme.example", true],
  ["from 16 one www is dropped", "^%h$", [16, 17, 18, 19], "www.acme.example", "acme.example", true],
  ["from 16 no database is called www", "^%h$", [16, 19], "www.acme.example", "www.acme.example", false],
  ["from 16 only one www is dropped", "^%h$", [16, 19], "www.www.acme.example", "acme.example", false],
  ["the host ends at its first colon", "^%h$", [13, 19], "acme.example:8069:x", "acme.example", true],
  ["case counts", "^%h$", [13, 19], "ACME.example", "acme.example", false],
  ["an empty host selects nothing", "^%h$", [13, 19], "", "acme.example", false],
  ["%h is a prefix match", "%h", [13, 19], "acme.example", "acme.example2", true],
  ["%h matches itself", "%h", [13, 19], "acme.example", "acme.example", true],
  ["%h is anchored at the start", "%h", [13, 19], "acme.example", "x.acme.example", false],
  ["%h of an empty host selects all", "%h", [13, 19], "", "acme.example", true],
  ["%h folds www from 16", "%h", [16], "www.acme.example", "acme.example", true],
  ["%h keeps www up to 15", "%h", [15], "www.acme.example", "acme.example", false],
  ["%d is the first label", "^%d$", [13, 19], "acme.example", "acme", true],
  ["%d is no prefix", "^%d$", [13, 19], "acme.example", "acme2", false],
  ["%d stands before a trailing newline", "^%d$", [13, 19], "acme.example", "acme\n", true],
  ["%d skips www in every version", "^%d$", [13, 15, 16, 19], "www.acme.example", "acme", true],
  ["%d of www alone is www", "^%d$", [13, 15, 16, 19], "www", "www", true],
  ["%d of two www from 16 is www", "^%d$", [16, 19], "www.www.acme", "www", true],
  ["%d of two www up to 15 is www", "^%d$", [13, 15], "www.www.acme", "www", true],
  ["%d of a host that ends in www. is empty from 16", "^%d$", [16], "www.", "", true],
  ["%d of a host that ends in www. is www up to 15", "^%d$", [15], "www.", "www", true],
  ["^%d\\..*$ needs a dot", "^%d\\..*$", [13, 19], "acme.example", "acme", false],
  ["^%d\\..*$ takes any rest", "^%d\\..*$", [13, 19], "acme.example", "acme.other", true],
  ["^%d\\..*$ takes an empty rest", "^%d\\..*$", [13, 19], "acme.example", "acme.", true],
  ["^%d\\..*$ takes whole labels only", "^%d\\..*$", [13, 19], "acme.example", "acme2.example", false],
  ["^%d\\..*$ allows one trailing newline", "^%d\\..*$", [13, 19], "acme.example", "acme.x\n", true],
  ["^%d\\..*$ allows no newline inside", "^%d\\..*$", [13, 19], "acme.example", "acme.x\ny", false],
  ["^%d\\..*$ skips www", "^%d\\..*$", [13, 19], "www.acme.example", "acme.example", true],
];

for (const [rule, filter, majors, host, database, want] of rows) {
  for (const major of majors) t.equal(selectsDatabase(filter, major, host, database), want, `${rule} (Odoo ${major})`);
}
