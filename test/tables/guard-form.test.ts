import t from "tap";
import { guardFacts, judgeBody, OWN, verdicts } from "../support/guard-bodies.ts";

const FORM = "application/x-www-form-urlencoded";
const state = (text: string) => encodeURIComponent(text);

type Row = readonly [rule: string, path: string, body: string, want: string];
const rows: readonly Row[] = [
  ["an empty form passes", "/web/login", "", ""],
  ["a login form passes", "/web/login", "csrf_token=x&login=admin&password=a%26b&redirect=%2Fweb%3Fdb%3Dx", ""],
  ["the bound database passes", "/web/login", `db=${OWN}&login=admin`, ""],
  ["the bound database in escapes passes", "/web/login", "%64%62=acme%2eexampl%65", ""],
  ["an empty database passes", "/web/login", "db=&login=admin", ""],
  ["a database without a value passes", "/web/login", "db&login=admin", ""],
  ["another database is refused", "/web/login", "login=admin&db=globex", "form db"],
  ["at any path", "/totally-harmless", "db=globex", "form db"],
  ["a former database is refused: no mail posts a form", "/web/login", "db=acme-old", "form db"],
  ["a longer name is refused", "/x", `db=${OWN}x`, "form db"],
  ["a name beyond every limit is refused", "/x", `db=${OWN}${"x".repeat(5000)}`, "form db"],
  ["a shorter name is refused", "/x", "db=acme.exampl", "form db"],
  ["an escaped name is read", "/x", "d%62=globex", "form db"],
  ["escapes in either case are read", "/x", "%6D%61ster_pw%64=x", "form master_pwd"],
  ["an invalid escape stays as it is", "/x", "d%6=globex&%6&%zz=1&%=", ""],
  ["an escape behind an invalid one is read", "/x", "%%64b=globex&%6%64b=1", ""],
  ["an invalid escape is no part of a bound name", "/x", `db=${OWN}%6`, "form db"],
  ["a plus is a space", "/x", "db=acme.example+", "form db"],
  ["decoding is once", "/x", "%2564b=globex", ""],
  ["an escaped & is no separator", "/x", "a=1%26db=globex", ""],
  ["an escaped = is part of the name", "/x", "db%3Dglobex", ""],
  ["a value may hold =", "/x", `db=${OWN}=`, "form db"],
  ["every occurrence is judged", "/x", `db=${OWN}&db=globex`, "form db"],
  ["a semicolon may separate", "/x", "a=1;db=globex", "form db"],
  ["a guarded value with a semicolon is refused", "/x", `db=${OWN};a=1`, "form db"],
  ["an unguarded one passes", "/x", "comment=a;b;c", ""],
  ["a longer name passes", "/x", "dbx=globex&xdb=globex&db_name=globex", ""],
  ["case counts in names", "/x", "DB=globex", ""],
  ["a NUL is part of the name", "/x", "db%00=globex", ""],
  ["a key of no door passes", "/x", "database=crm&dbname=x", ""],
  ["a door's key is judged", "/web/binary/company_logo", "dbname=globex", "form dbname"],
  ["a master password is refused", "/x", "master_pwd=x", "form master_pwd"],
  ["an empty one, too", "/x", "master_pwd=", "form master_pwd"],
  ["and one without a value", "/x", "a=1&master_pwd", "form master_pwd"],
  ["on a customer's form, too", "/website/form/crm.lead", "master_pwd=x", "form master_pwd"],
  ["a customer's form may ask for db", "/website/form/crm.lead", "db=globex&Database=x", ""],
  ["behind a language, too", "/fr/website/form/crm.lead", "db=globex", ""],
  ["not on a path that only begins so", "/website/formula", "db=globex", "form db"],
  ["a hook may be sent db", "/web/hook/5", "db=globex&database=x", ""],
  ["behind two segments it is no hook", "/a/b/web/hook", "db=globex", "form db"],
  ["a plain state passes", "/x", "state=California&RelayState=https%3A%2F%2Fx", ""],
  ["a state with the bound database passes", "/x", `state=${state(`{"d":"${OWN}","p":4}`)}`, ""],
  ["a state with another is refused", "/x", `state=${state('{"p":4,"d":"globex"}')}`, "form state"],
  [
    "a SAML state with another is refused",
    "/auth_saml/signin",
    `RelayState=${state('{"d":"globex"}')}`,
    "form RelayState",
  ],
  ["a customer's form may ask for a state", "/website/form/x", `state=${state('{"d":"globex"}')}`, ""],
  ["a second d is refused", "/x", `state=${state(`{"d":"${OWN}","d":"${OWN}"}`)}`, "form state"],
  ["a d that is no string is refused", "/x", `state=${state('{"d":1}')}`, "form state"],
  ["a long plain state passes", "/x", `state=${"x".repeat(9000)}`, ""],
  ["an object too long to be judged is refused", "/x", `state=${state(`{"x":"${"x".repeat(9000)}"}`)}`, "form state"],
  ["bytes beyond ASCII pass", "/x", "name=\xe9\xff&%e9=1", ""],
];
for (const [rule, path, body, want] of rows) {
  const facts = guardFacts(path, FORM);
  t.equal(judgeBody(facts, body), want, rule);
  t.equal(verdicts(facts, body).length, 1, `${rule}, at any split`);
}

const exempt = guardFacts("/my-form", FORM, { exempt: ["db", "state", "master_pwd"] });
t.equal(judgeBody(exempt, "db=globex"), "", "a tenant's form may ask for db");
t.equal(judgeBody(exempt, 'state={"d":"x"}'), "", "and for a state");
t.equal(judgeBody(exempt, "master_pwd=x"), "form master_pwd", "but never for a master password");
const door = guardFacts("/web/binary/company_logo/website/form", FORM);
t.equal(judgeBody(door, "db=globex"), "form db", "at a door nothing is a customer's word");

const types: ReadonlyArray<readonly [rule: string, contentType: string, want: string]> = [
  ["parameters count for nothing", `${FORM}; charset=UTF-16`, "form db"],
  ["case counts for nothing", "Application/X-WWW-Form-URLencoded", "form db"],
  ["a blank to Python before it counts for nothing", `\xa0${FORM}`, "form db"],
  ["nor does one behind it", `${FORM}\x85`, "form db"],
  ["old workers end the type at a comma", `${FORM}, text/plain`, "form db"],
  ["old workers end the type at a space", `${FORM} x`, "form db"],
  ["old workers know a second name", "application/x-url-encoded", "form db"],
  ["another type is no form", "application/x-www-form-urlencodedx", ""],
  ["plain text is no form", "text/plain", ""],
  ["no type is no form", "", ""],
];
for (const [rule, contentType, want] of types)
  t.equal(judgeBody(guardFacts("/x", contentType), "db=globex"), want, rule);
