/** JSON bodies: calls and log-ins in every container, order and spelling that Python could take. */
import fc from "fast-check";
import { caseOf, databases, escaped, joined, mostly } from "./case.ts";

const hex = (char: string) => char.charCodeAt(0).toString(16).padStart(4, "0");
const escapes = [
  (char: string) => `\\u${hex(char)}`,
  (char: string) => `\\u${hex(char).toUpperCase()}`,
  (char: string) => (char === "/" ? "\\/" : char),
];

const blank = fc.constantFrom("", "", " ", "\n", "\r\n\t");
const stray = fc.constantFrom("\x0b", "\xa0", "\0", "/**/", "\xef\xbb\xbf", ",");
const gap = fc.oneof({ weight: 60, arbitrary: blank }, { weight: 1, arbitrary: stray });

const broken: ReadonlyArray<(text: string) => string> = [
  (text) => `'${text}'`,
  (text) => `"${text}`,
  (text) => `"${text}""${text}"`,
  (text) => `"\\x${text}"`,
  (text) => `"${text}\\"`,
  (text) => `"${text}\\u00"`,
  (text) => `"${text}\xff"`,
  (text) => `"\t${text}"`,
];

function quoted(text: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant(JSON.stringify(text)) },
    { weight: 20, arbitrary: escaped(text.slice(0, 40), escapes).map((inner) => `"${inner}"`) },
    { weight: 1, arbitrary: fc.constantFrom(...broken).map((write) => write(text)) },
  );
}

const string = (...texts: readonly string[]) => fc.constantFrom(...texts).chain(quoted);
const database = databases.chain(quoted);
const scalar = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("0", "1", "-1.5e3", "null", "true", "false", '""', '"a"', "{}", "[]") },
  { weight: 5, arbitrary: fc.constantFrom("NaN", "-Infinity", "1E400") },
  { weight: 1, arbitrary: fc.constantFrom("01", "+1", "tru", "-", "") },
);

const { value: anyValue } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
    fc
      .array(fc.tuple(string("db", "service", "args", "params", "x"), tie("value")), { maxLength: 3 })
      .map((members) => `{${members.map((member) => member.join(":")).join(",")}}`),
    database,
  ),
}));

function array(...items: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(gap, ...items).map(([before, ...made]) => `[${before}${made.join(`,${before}`)}]`);
}

function object(members: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> {
  return fc
    .tuple(
      members,
      gap,
      gap,
      fc.oneof({ weight: 60, arbitrary: fc.constant("}") }, fc.constantFrom("", "]", ",}", "}}")),
    )
    .map(([made, a, b, end]) => `{${a}${made.map(([name, value]) => `${name}${b}:${a}${value}`).join(`,${b}`)}${end}`);
}

const args = fc.oneof(
  { weight: 6, arbitrary: array(database, anyValue) },
  { weight: 2, arbitrary: object(fc.tuple(fc.tuple(database, anyValue), fc.tuple(database, anyValue))) },
  { weight: 1, arbitrary: array(array(database), anyValue) },
  { weight: 1, arbitrary: fc.oneof(database, anyValue, array(scalar, database)) },
);

const service = fc.oneof(
  { weight: 8, arbitrary: string("object", "object", "common", "db") },
  { weight: 1, arbitrary: fc.oneof(string("billing", "Object", "db "), anyValue, array(string("db"))) },
);
const method = fc.oneof(
  { weight: 8, arbitrary: string("execute_kw", "login", "authenticate", "list", "db_exist", "version") },
  { weight: 1, arbitrary: fc.oneof(string("server_version", "drop", "POST"), anyValue) },
);

type Member = readonly [name: string, value: string];
const member = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Member> => fc.tuple(quoted(name), value);
const odd = fc.tuple(string("context", "model", "db\0", "Service", "arg\xc5\xbf", "d", "params"), anyValue);
const some = fc.oneof(odd, member("service", service), member("args", args), member("method", method));

function shuffled(members: readonly fc.Arbitrary<Member>[], more: fc.Arbitrary<Member>): fc.Arbitrary<Member[]> {
  return fc
    .tuple(fc.tuple(...members), fc.array(more, { maxLength: 2 }))
    .chain(([usual, rest]) =>
      fc.shuffledSubarray([...usual, ...rest], { minLength: Math.max(0, usual.length + rest.length - 1) }),
    );
}

const call = shuffled([member("service", service), member("method", method), member("args", args)], some);
const login = shuffled(
  [member("db", database), member("login", string("admin"))],
  fc.oneof(odd, member("db", anyValue)),
);
const members = fc.oneof({ weight: 3, arbitrary: call }, { weight: 2, arbitrary: login });

const params = fc.oneof(
  { weight: 10, arbitrary: object(members) },
  { weight: 3, arbitrary: members.map((made) => `[${made.map((pair) => `[${pair.join(",")}]`).join(",")}]`) },
  { weight: 1, arbitrary: members.map((made) => `[${made.map(([a, b]) => `{${a}:1,${b}:2}`).join(",")}]`) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      anyValue,
      object(members).map((inner) => `[${inner}]`),
    ),
  },
);

const around = fc.oneof(
  fc.tuple(quoted("jsonrpc"), fc.constant('"2.0"')),
  fc.tuple(string("id", "method", "Params", "service", "x"), anyValue),
  member("params", params),
);
const top = object(shuffled([member("params", params)], around));

const encodings: ReadonlyArray<(text: string) => string> = [
  (text) => `\xef\xbb\xbf${text}`,
  (text) => Buffer.from(text, "utf16le").toString("latin1"),
  (text) => Buffer.from(`\ufeff${text}`, "utf16le").toString("latin1"),
  (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16().toString("latin1"),
  (text) => `[${text}]`,
  (text) => `${text}${text}`,
  (text) => `{"params":${text}}`,
  (text) => `\x1e${text}`,
  // Overlong forms of quotes and of the letter d.
  (text) => text.replaceAll('"', "\xc0\xa2"),
  (text) => text.replaceAll('"d', '"\xc1\xa4'),
];

const body = fc
  .tuple(joined(gap, top, gap), fc.oneof({ weight: 20, arbitrary: fc.constant(-1) }, fc.nat(encodings.length - 1)))
  .map(([text, way]) => encodings[way]?.(text) ?? text);

const types = fc.constantFrom(
  ...["application/json", "application/json", "application/json; charset=utf-16", "application/json-rpc"],
  ...[
    "Application/JSON, text/plain",
    "application/json ;x",
    " application/json",
    "text/plain",
    "",
    "text/html;a=/json",
  ],
  ...[
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json\t",
    "\xa0application/json",
  ],
);
const paths = fc.constantFrom(
  ...["/jsonrpc", "/jsonrpc", "/fr/jsonrpc", "/jsonrpc/", "/web/session/authenticate", "/x/web/session/authenticate"],
  ...["/pages/harmless", "/pages/harmless", "/web/hook/5", "/website/form/crm.lead", "/xmlrpc/2/object"],
  ...["/web/dataset/call_kw/res.partner/read", "/json/2/res.partner/read", "/web/login"],
);
const verbs = mostly("POST", "GET", "PUT", "HEAD", "BREW");

/** JSON that someone sends who wants another database. */
export const hostileJson = caseOf({ path: paths, type: types, body, method: verbs });
