/** URL-encoded forms and query strings: guarded names in every spelling, among fields that mean nothing. */
import fc from "fast-check";
import { otherDatabase, ownDatabase } from "../xml-grammar.ts";
import { caseOf, databases, escaped, mostly } from "./case.ts";

const hex = (char: string) => char.charCodeAt(0).toString(16).padStart(2, "0");
const escapes = [
  (char: string) => `%${hex(char)}`,
  (char: string) => `%${hex(char).toUpperCase()}`,
  (char: string) => (char === " " ? "+" : char),
];
const strays = [
  (char: string) => `%25${hex(char)}`,
  (char: string) => `%${char}`,
  (char: string) => `%u00${hex(char)}`,
];

const d = '"d"';
/** States of OAuth and SAML providers that name `database`. */
export const stateOf = (database: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    ...[`{${d}:"${database}","p":4}`, `{"p":{${d}:"x"},${d}: "${database}"}`, `{"\\u0064":"${database}"}`],
    ...[`{${d}:"${ownDatabase}",${d}:"${database}"}`, `{${d}:"${database}",${d}:"${ownDatabase}"}`],
    ...[
      ` \n{${d}:"${database}"}`,
      `[{${d}:"${database}"}]`,
      `{${d}:["${database}"]}`,
      `{${d}:null}`,
      `{"p":"}",${d}:"${database}"}`,
    ],
    ...[
      `\xef\xbb\xbf{${d}:"${database}"}`,
      `{"a\\":":1,${d}:"${database}"}`,
      `{"a":"\\\\",${d}:"${database}"}`,
      "published",
    ],
    ...[`{"d\\u0000":1,"D":"${database}"}`, `{${d}:"${database}"`, `{${d}:"\\u0067lobex.example.com"}`, `{${d}:""}`],
  );

/** Guarded names, near misses, and names of ordinary fields. */
export const fieldNames = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("db", "db", "master_pwd", "state", "RelayState", "dbname") },
  { weight: 2, arbitrary: fc.constantFrom("login", "csrf_token", "name", "database", "jsonp", "r", "session_id") },
  { weight: 1, arbitrary: fc.constantFrom("DB", "db[]", "db\0", " db", "db ", "d", "b", "", "xdb", "db;x") },
);

/** A value for the field `name`. */
export function valueFor(name: string): fc.Arbitrary<string> {
  if (name === "jsonp") return fc.constantFrom("", "cb");
  if (name === "r") return databases.map((one) => `{"params":{"db":"${one}"}}`);
  const guarded = name === "state" || name === "RelayState" ? databases.chain(stateOf) : databases;
  return fc.oneof({ weight: 6, arbitrary: guarded }, { weight: 1, arbitrary: fc.constantFrom("", "x", "a=b", "a b") });
}

const literal = (text: string) => text.replaceAll(/[&+%#;\x00-\x20\x7f-\xff]/g, (char) => `%${hex(char)}`);

function encoded(text: string): fc.Arbitrary<string> {
  const short = text.slice(0, 60);
  const safe = escaped(short, escapes).map((made) => made.replaceAll(/[&#;\x00-\x20\x7f-\xff]/g, literal));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(literal(text)) },
    { weight: 3, arbitrary: safe },
    {
      weight: 1,
      arbitrary: escaped(short, [...escapes, ...strays]).map((made) =>
        made.replaceAll(/[#\x00-\x20\x7f-\xff]/g, literal),
      ),
    },
  );
}

const field = fieldNames.chain((name) =>
  fc
    .tuple(encoded(name), mostly("=", "", "==", "%3d", "=;", " ="), valueFor(name).chain(encoded))
    .map(([key, equals, value]) => `${key}${equals}${value}`),
);
const separator = mostly("&", ";", "&&", "&amp;", "&;", "%26");

const fields = fc
  .array(fc.tuple(field, separator), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part, i) => (i === 0 ? part[0] : part.toReversed().join(""))).join(""));

const paths = fc.constantFrom(
  ...["/web/login", "/web", "/pages/harmless", "/fr/pages/harmless", "/website/form/crm.lead", "/fr/website/form/x"],
  ...["/web/hook/5", "/a/b/web/hook", "/website/formula", "/web/binary/company_logo", "/fr/logo", "/logo.png"],
  ...["/auth_oauth/signin", "/auth_saml/signin", "/google_account/authentication", "/jsonrpc"],
);

/** Query strings of someone who wants another database, as a strict reader of request lines leaves them. */
export const hostileQuery = caseOf({
  path: paths,
  query: fields.map((text) => text.replaceAll(" ", "+").slice(0, 6000)),
  method: mostly("GET", "POST", "HEAD"),
});

const raw = fc.constantFrom("\xef\xbb\xbf", "\0", "\r\n", " ", "\xff", `db=${otherDatabase}&`, "?", "%", "");
const types = mostly(
  ...(["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16"] as const),
  ...["Application/X-WWW-Form-URLEncoded", "application/x-url-encoded", "application/x-www-form-urlencoded, x"],
  ...["application/x-www-form-urlencoded;charset=utf-7", "application/x-www-form-urlencoded ;", "text/plain", ""],
  ...[
    "\xa0application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded\x85",
    '"application/x-www-form-urlencoded"',
  ],
  ...[
    ";application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded\xa0;x",
    ",application/x-www-form-urlencoded",
  ],
);

/** URL-encoded forms of the same. */
export const hostileForm = caseOf({
  path: paths,
  type: types,
  body: fc
    .tuple(fc.oneof({ weight: 8, arbitrary: fc.constant("") }, raw), fields)
    .map(([before, text]) => before + text),
  method: mostly("POST", "GET", "PUT"),
});
