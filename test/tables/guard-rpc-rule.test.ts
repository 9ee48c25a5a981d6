import t from "tap";
import { expectedDatabaseMessage } from "../../src/policy/guard/expected-database.ts";
import { type FirstArgument, rpcFinding } from "../../src/policy/guard/rpc-rule.ts";
import { guardFacts, OWN } from "../support/guard-bodies.ts";

type Row = readonly [rule: string, service: string, method: string, first: FirstArgument, key: string];
const rows: readonly Row[] = [
  ["common.version needs no database", "common", "version", "none", ""],
  ["common.version may have any argument", "common", "version", "other", ""],
  ["common.about needs no database", "common", "about", "none", ""],
  ["common.login with the bound database passes", "common", "login", "bound", ""],
  ["common.authenticate with the bound database passes", "common", "authenticate", "bound", ""],
  ["common.authenticate with another is refused", "common", "authenticate", "foreign", "args"],
  ["common.login without a database is refused", "common", "login", "none", "args"],
  ["common.login with no string is refused", "common", "login", "other", "args"],
  ["other methods of common need the database, too", "common", "set_loglevel", "none", "args"],
  ["object.execute_kw with the bound database passes", "object", "execute_kw", "bound", ""],
  ["object.execute with another is refused", "object", "execute", "foreign", "args"],
  ["object.execute without a database is refused", "object", "execute", "none", "args"],
  ["object.execute with no string is refused", "object", "execute", "other", "args"],
  ["object has no method without a database", "object", "version", "none", "args"],
  ["db.server_version passes", "db", "server_version", "none", ""],
  ["db.list is closed", "db", "list", "none", "service"],
  ["db.db_exist is closed, also for the bound database", "db", "db_exist", "bound", "service"],
  ["db.drop is closed", "db", "drop", "foreign", "service"],
  ["an unknown service is refused", "report", "report", "bound", "service"],
  ["a service named as a member of objects is refused", "constructor", "version", "bound", "service"],
  ["a service in another case is refused", "Common", "version", "none", "service"],
  ["at an alias, version passes", "", "version", "none", ""],
  ["at an alias, about passes", "", "about", "none", ""],
  ["at an alias, server_version is refused", "", "server_version", "none", "method"],
  ["at an alias, execute_kw with the bound database passes", "", "execute_kw", "bound", ""],
  ["at an alias, execute_kw with another is refused", "", "execute_kw", "foreign", "args"],
  ["at an alias, list could be the db service's", "", "list", "bound", "method"],
  ["at an alias, drop could take the bound name for a password", "", "drop", "bound", "method"],
];
const post = guardFacts("/jsonrpc", "");
const get = guardFacts("/jsonrpc", "", {}, "GET");
for (const [rule, service, method, first, key] of rows) {
  const call = { reading: "json-rpc", service, method, first, offset: 7 } as const;
  t.equal(rpcFinding(call, post)?.key ?? "", key, rule);
  t.ok(rpcFinding(call, get), `${rule}: by POST only`);
}

t.match(
  rpcFinding({ reading: "xml-rpc", service: "object", method: "execute", first: "foreign", offset: 7 }, post),
  { reading: "xml-rpc", offset: 7 },
  "the finding says where and in which reading",
);

const messages: ReadonlyArray<
  readonly [rule: string, reading: "query" | "form" | "json" | "json-rpc" | "xml-rpc", key: string, want: RegExp]
> = [
  ["a call's author learns where the database goes", "json-rpc", "args", /first argument/],
  ["the same in XML", "xml-rpc", "args", /first argument/],
  ["what the db service still offers", "json-rpc", "service", /server_version/],
  ["a login's author learns the parameter", "json", "db", /params\.db/],
  ["a form's author learns the field", "form", "db", /field/],
  ["a link's author learns the parameter", "query", "db", /parameter/],
  ["an unknown key still has a hint", "xml-rpc", "methodCall", /first argument/],
];
for (const [rule, reading, key, want] of messages) {
  const message = expectedDatabaseMessage({ reading, key, offset: 0, reason: "refused" }, OWN);
  t.match(message, want, rule);
  t.ok(message.includes(`\`${OWN}\``), `${rule}: and the expected database`);
}
