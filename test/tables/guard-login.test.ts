/** Whose login a body tries: which spellings are one name, and that no decoy hides one. */
import t from "tap";
import { BodyGuard } from "../../src/policy/guard/body-guard.ts";
import { LoginName } from "../../src/policy/guard/login-name.ts";
import { KeyedHash } from "../../src/policy/limits/keyed-hash.ts";
import { guardFacts, OWN, read } from "../support/guard-bodies.ts";

const logins = new KeyedHash({ k0: 5, k1: 6 });
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const MULTIPART = "multipart/form-data; boundary=b";

/** The hash of one name; of none: what all unclear requests have. */
function named(name: string | null): string {
  const login = new LoginName(logins);
  login.begin();
  if (name === null) login.blur();
  const bytes = Buffer.from(name ?? "");
  login.append(bytes, 0, bytes.length);
  return String(login.result());
}

/** `rule hash` of the try in a body, read in one piece and at every split. */
function tries(path: string, type: string, body: string, method = "POST"): string {
  const facts = { ...guardFacts(path, type, {}, method), logins };
  const bytes = Buffer.from(body).toString("latin1");
  const splits = Array.from({ length: Math.min(bytes.length, 300) }, (_, i) => [i]);
  const found = [[], ...splits].map((split) => {
    const guard = new BodyGuard(facts);
    const finding = read(guard, bytes, split);
    const tried = finding === null ? guard.loginTry() : null;
    return tried === null ? "" : `${tried.rule} ${tried.hash}`;
  });
  return [...new Set(found)].join(" or ");
}

const call = (args: string, method = "login", service = "common") =>
  `{"jsonrpc":"2.0","params":{"service":"${service}","method":"${method}","args":${args}}}`;
const xml = (params: string, method = "authenticate") =>
  `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params><param><value><string>${OWN}</string></value></param>${params}</params></methodCall>`;
const param = (value: string) => `<param><value>${value}</value></param>`;
const part = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

type Row = readonly [
  rule: string,
  path: string,
  type: string,
  body: string,
  want: "login" | "rpc",
  name: string | null,
];
const rows: readonly Row[] = [
  ["a form", "/web/login", FORM, "login=bob&password=x", "login", "bob"],
  ["behind a language", "/fr/web/login", FORM, "csrf_token=1&login=bob&password=x", "login", "bob"],
  ["blanks and case", "/web/login", FORM, "login=+%20Bob+&password=x", "login", "bob"],
  ["an escaped name of the field", "/web/login", FORM, "%6cogin=bob", "login", "bob"],
  ["a blank within", "/web/login", FORM, "login=bob+x", "login", "bob x"],
  ["beyond ASCII", "/web/login", FORM, "login=%C3%A9va", "login", "éva"],
  ["an address", "/web/login", FORM, "login=Bob%40Acme.example", "login", "bob@acme.example"],
  ["a name alone, to get a new password", "/web/reset_password", FORM, "login=bob", "login", "bob"],
  ["elsewhere with a password", "/enter", FORM, "login=bob&password=x", "login", "bob"],
  ["two names", "/web/login", FORM, "login=decoy&login=bob", "login", null],
  ["a decoy behind a semicolon", "/web/login", FORM, "a=1;login=decoy&login=bob", "login", null],
  ["a name with a semicolon", "/web/login", FORM, "login=bob;x=1", "login", null],
  ["a form that looks like JSON", "/web/login", FORM, '{"params":{"login":"decoy"},"x":"&login=bob&', "login", "bob"],
  ["an empty name", "/web/login", FORM, "login=&password=x", "login", null],
  ["a multipart form", "/web/login", MULTIPART, `${part("login", "Bob")}${part("password", "x")}--b--`, "login", "bob"],
  ["two parts", "/web/login", MULTIPART, `${part("login", "a")}${part("login", "bob")}--b--`, "login", null],
  ["a long name", "/web/login", FORM, `login=${"x".repeat(600)}&a=1`, "login", "x".repeat(512)],
  ["JSON", "/web/session/authenticate", JSON_TYPE, '{"params":{"db":"","login":"Bob ","password":"x"}}', "login", "bob"],
  ["JSON, escaped", "/web/session/authenticate", JSON_TYPE, '{"params":{"login":"\\u0062\\u006fb"}}', "login", "bob"],
  ["JSON beyond ASCII", "/web/session/authenticate", JSON_TYPE, '{"params":{"login":"\\u00e9\\ud83d\\ude00"}}', "login", "é😀"],
  ["JSON in UTF-8", "/web/session/authenticate", JSON_TYPE, '{"params":{"login":"é😀"}}', "login", "é😀"],
  ["JSON at an alias", "/enter", JSON_TYPE, '{"params":{"password":"x","login":"bob"}}', "login", "bob"],
  ["JSON with two names", "/web/session/authenticate", JSON_TYPE, '{"params":{"login":"a","login":"bob"}}', "login", null],
  ["a call", "/jsonrpc", JSON_TYPE, call(`["${OWN}","Bob","x"]`), "rpc", "bob"],
  ["a call with blanks", "/jsonrpc", JSON_TYPE, call(`[ "${OWN}" , "bob" , "x"]`, "authenticate"), "rpc", "bob"],
  ["a call at an alias", "/pretty", JSON_TYPE, call(`["${OWN}","bob","x"]`), "rpc", "bob"],
  ["a call with its parts in another order", "/jsonrpc", JSON_TYPE, `{"params":{"args":["${OWN}","bob","x",{}],"method":"login","service":"common"}}`, "rpc", "bob"],
  ["XML", "/xmlrpc/2/common", "text/xml", xml(param("<string> Bob</string>") + param("x")), "rpc", "bob"],
  ["XML without a type", "/xmlrpc/common", "text/xml", xml(param("bob") + param("x")), "rpc", "bob"],
  ["XML with references", "/xmlrpc/2/common", "text/xml", xml(param("<string>b&#111;b&amp;</string>")), "rpc", "bob&"],
  ["XML beyond ASCII", "/xmlrpc/2/common", "text/xml", xml(param("<string>&#233;va</string>")), "rpc", "éva"],
  ["XML at an alias", "/pretty", "text/xml", xml(param("<string>bob</string>")), "rpc", "bob"],
]; // biome-ignore format: a table
for (const [rule, path, type, body, want, name] of rows) {
  t.equal(tries(path, type, body), `${want} ${named(name)}`, rule);
}

const none: ReadonlyArray<readonly [rule: string, path: string, type: string, body: string]> = [
  ["a form without a name", "/web/login", FORM, "password=x"],
  ["a field of somebody's form", "/shop/contact", FORM, "login=bob&name=x"],
  ["JSON of somebody's route", "/shop/contact", JSON_TYPE, '{"params":{"login":"bob"}}'],
  ["a name that is no text", "/web/session/authenticate", JSON_TYPE, '{"params":{"login":["bob"]}}'],
  ["a name deeper down", "/web/session/authenticate", JSON_TYPE, '{"params":{"x":{"login":"bob"}}}'],
  ["a call of another method", "/jsonrpc", JSON_TYPE, call(`["${OWN}","bob"]`, "version")],
  ["a call of another service", "/jsonrpc", JSON_TYPE, call(`["${OWN}","bob","x"]`, "login", "object")],
  ["a call without a name", "/jsonrpc", JSON_TYPE, call(`["${OWN}"]`)],
  ["a call with a number", "/jsonrpc", JSON_TYPE, call(`["${OWN}",2,"x"]`)],
  ["a call that is refused", "/jsonrpc", JSON_TYPE, call('["globex","bob","x"]')],
  ["XML of another method", "/xmlrpc/2/common", "text/xml", xml(param("<string>bob</string>"), "version")],
  ["nothing", "/web/login", FORM, ""],
];
for (const [rule, path, type, body] of none) t.equal(tries(path, type, body), "", rule);
t.equal(tries("/web/login", FORM, "login=bob&password=x", "PUT"), "", "only POST logs in");

const distinct = [
  "",
  "a",
  "b",
  "ab",
  "ba",
  "a b",
  "a  b",
  "abcdefgh",
  "abcdefghi",
  "abcdefg",
  "x".repeat(511),
  "x".repeat(512),
];
t.equal(new Set(distinct.map(named)).size, distinct.length, "names are told apart");
const other = new LoginName(new KeyedHash({ k0: 5, k1: 7 }));
other.begin();
other.push(97);
t.not(String(other.result()), named("a"), "under another key a name has another hash");
