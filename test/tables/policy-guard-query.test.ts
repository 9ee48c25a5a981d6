import t from "tap";
import { judgeQuery, sessionInQuery } from "../../src/policy/guard/query.ts";
import type { BoundNames } from "../../src/policy/guard/types.ts";

const bound: BoundNames = {
  database: "acme.example",
  formerDatabases: ["acme-old"],
  odooMajor: 17,
  doorKeys: ["dbname"],
  exempt: [],
};

function json(text: string): string {
  return encodeURIComponent(text);
}

const own = '"acme.example"';
const bom = "\ufeff";

const rows: ReadonlyArray<readonly [rule: string, query: string, want: string]> = [
  ["an empty query passes", "", ""],
  ["an ordinary query passes", "debug=assets&view_type=list&x=%3A%20+", ""],
  ["the bound database passes", "db=acme.example", ""],
  ["the bound database in escapes passes", "%64b=%61cme%2Eexample", ""],
  ["a former database passes", "db=acme-old&token=x", ""],
  ["an empty value passes", "db=&x=1", ""],
  ["a name without a value passes", "db", ""],
  ["another database is refused", "db=globex", "db@0"],
  ["in any position", "a=1&db=globex", "db@4"],
  ["a longer one is refused", "db=acme.example2", "db@0"],
  ["a shorter one is refused", "db=acme.exampl", "db@0"],
  ["another case is refused", "db=ACME.example", "db@0"],
  ["a trailing newline is refused", "db=acme.example%0a", "db@0"],
  ["a trailing space is refused", "db=acme.example+", "db@0"],
  ["invalid UTF-8 is refused", "db=acme.example%ff", "db@0"],
  ["an invalid escape is refused", "db=acme.example%", "db@0"],
  ["a value ends at & only", "db=acme.example;x", "db@0"],
  ["a value may hold =", "db=acme.example=x", "db@0"],
  ["an escaped name is read", "d%62=globex", "db@0"],
  ["a wholly escaped name is read", "%64%62=globex", "db@0"],
  ["an escaped & is no separator", "a=1%26db=globex", ""],
  ["an escaped = is part of the name", "db%3Dglobex", ""],
  ["decoding is once", "%2564b=globex", ""],
  ["every occurrence is judged", "db=acme.example&db=globex", "db@16"],
  ["the first, too", "db=globex&db=acme.example", "db@0"],
  ["a semicolon may separate", "a=1;db=globex", "db@4"],
  ["a semicolon may end a value", "a=1;db=acme.example;b", ""],
  ["a second ? is part of the name", "?db=globex", ""],
  ["a longer name passes", "dbx=globex", ""],
  ["a longer name that ends so passes", "xdb=globex", ""],
  ["case counts in names", "DB=globex", ""],
  ["a space is part of the name", "+db=globex", ""],
  ["an array name passes", "db[]=globex", ""],
  ["a door's key is judged", "dbname=globex", "dbname@0"],
  ["a door's key in escapes is judged", "db%6eame=globex", "dbname@0"],
  ["a door's key with the bound database passes", "dbname=acme.example", ""],
  ["a key of no door passes", "database=crm", ""],
  ["a master password is refused", "a=1&master_pwd=x", "master_pwd@4"],
  ["an empty one, too", "master_pwd=", "master_pwd@0"],
  ["and one without a value, in escapes", "%6Daster_pwd", "master_pwd@0"],
  ["a plain state passes", "state=published", ""],
  ["a state without d passes", `state=${json('{"a":{"d":"globex"},"p":4}')}`, ""],
  ["a state with the bound database passes", `state=${json(`{"d": ${own}, "p": 4, "r": "https%3A%2F%2Fx"}`)}`, ""],
  ["a state with a former database passes", `state=${json('{"d":"acme-old"}')}`, ""],
  ["a state with an empty database passes", `state=${json('{"d":""}')}`, ""],
  ["a state with another database is refused", `state=${json('{"d":"globex"}')}`, "state@0"],
  ["a raw state is read", 'state={"d":"globex"}', "state@0"],
  ["a SAML state is read", `RelayState=${json('{"d":"globex"}')}`, "RelayState@0"],
  ["an escaped name of a state is read", 'st%61te={"d":"globex"}', "state@0"],
  ["plus is a space before the key", 'state={+"d"+:+"globex"}', "state@0"],
  ["white space is skipped", `state=${json(' \t\r\n{\n"d"\t:\r"globex"}')}`, "state@0"],
  ["a byte order mark is skipped", `state=${json(`${bom}{"d":"globex"}`)}`, "state@0"],
  ["an escaped key is read", `state=${json('{"\\u0064":"globex"}')}`, "state@0"],
  ["an escaped value is read", `state=${json('{"d":"\\u0061cme.example"}')}`, ""],
  ["a key that cannot be read is refused", `state=${json('{"\\u 64":"globex"}')}`, "state@0"],
  ["a value that cannot be read is refused", `state=${json('{"d":"\\x"}')}`, "state@0"],
  ["a number for d is refused", `state=${json('{"d":1}')}`, "state@0"],
  ["null for d is refused", `state=${json('{"d":null}')}`, "state@0"],
  ["a list for d is refused", `state=${json(`{"d":[${own}]}`)}`, "state@0"],
  ["the second d is judged", `state=${json(`{"d":${own},"d":"globex"}`)}`, "state@0"],
  ["the first d is judged", `state=${json(`{"d":"globex","d":${own}}`)}`, "state@0"],
  ["d behind NaN is read", `state=${json('{"x":NaN,"y":-Infinity,"d":"globex"}')}`, "state@0"],
  ["d behind nested data is read", `state=${json('{"x":[{"d":"a"},"}"],"d":"globex"}')}`, "state@0"],
  ["d behind an escaped quote is read", `state=${json('{"x":"\\"}","d":"globex"}')}`, "state@0"],
  ["d as a value is none", `state=${json('{"x":"d","y":"globex"}')}`, ""],
  ["d in a nested object is none", `state=${json('{"x":{"d":"globex"}}')}`, ""],
  ["d in a list is none", `state=${json('[{"d":"globex"}]')}`, ""],
  ["an open string passes", 'state={"d', ""],
  ["an open object is judged", 'state={"d":"globex"', "state@0"],
  ["a missing value is refused", 'state={"d":', "state@0"],
  ["the second state is judged", `state=x&state=${json('{"d":"globex"}')}`, "state@8"],
  ["deep nesting is read in one pass", `state=${"[".repeat(10_000)}`, ""],
];

function judged(query: string, names = bound): string {
  const finding = judgeQuery(query, names);
  return finding === null ? "" : `${finding.key}@${finding.offset}`;
}
for (const [rule, query, want] of rows) t.equal(judged(query), want, rule);

const exempt = { ...bound, exempt: ["db", "dbname", "state"] };
t.equal(judged("db=globex", exempt), "", "an exempt name passes");
t.equal(judged('state={"d":"x"}', exempt), "", "an exempt state passes");
t.equal(judged("dbname=globex", exempt), "dbname@0", "a door's key is never exempt");
t.equal(judged("dbname=globex", { ...bound, doorKeys: [] }), "", "a key is judged at its door only");
t.equal(judged("db=globex", { ...bound, doorKeys: ["db"], exempt: ["db"] }), "db@0", "a door that lists db keeps it");

const old = { ...bound, odooMajor: 13 };
t.equal(judged("r=%7B%7D&json%70=x", old), "jsonp@9", "JSONP is refused where a worker may have it");
t.equal(judged("jsonp=", old), "", "an empty jsonp asks for nothing");
t.equal(judged("jsonp=x"), "", "JSONP means nothing to later workers");

const sessions: ReadonlyArray<readonly [rule: string, query: string, want: boolean]> = [
  ["no session", "a=b&x=session_id", false],
  ["a session", "session_id=x", true],
  ["in any position", "a=b&session_id=x", true],
  ["in escapes", "session%5Fid=x", true],
  ["without a value", "session_id", true],
  ["behind a semicolon", "a=b;session_id=x", true],
  ["another case is none", "Session_id=x", false],
  ["a longer name is none", "session_ids=x", false],
];
for (const [rule, query, want] of sessions) t.equal(sessionInQuery(query), want, `session in the query: ${rule}`);
