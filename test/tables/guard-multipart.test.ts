import t from "tap";
import { guardFacts, judgeBody, OWN, verdicts } from "../support/guard-bodies.ts";

const B = "----formBoundaryX1";
const TYPE = `multipart/form-data; boundary=${B}`;
const head = (disposition: string, more = "") => `Content-Disposition: ${disposition}\r\n${more}\r\n`;
const part = (disposition: string, content = "x", more = "") => `--${B}\r\n${head(disposition, more)}${content}\r\n`;
const named = (name: string, content = "x") => part(`form-data; name="${name}"`, content);
const form = (...parts: readonly string[]) => `${parts.join("")}--${B}--\r\n`;
const upload = part(
  'form-data; name="ufile"; filename="a.bin"',
  "\0\xff\r\n--\r\n--x\r",
  "Content-Type: image/png\r\n",
);
const CTE = "Content-Transfer-Encoding:";

type Row = readonly [rule: string, body: string, want: string];
const rows: readonly Row[] = [
  ["a form of fields and a file passes", form(named("csrf_token"), upload, named("id", "")), ""],
  ["a form without parts passes", form(), ""],
  ["the bound database passes", form(named("a"), named("db", OWN)), ""],
  ["an empty database passes", form(named("db", "")), ""],
  ["another database is refused", form(upload, named("db", "globex")), "form db"],
  ["as a file part, too", form(part('form-data; name="db"; filename="x"', "globex")), "form db"],
  ["a longer name is refused", form(named("db", `${OWN}x`)), "form db"],
  ["a line break is part of the value", form(named("db", `${OWN}\r\n`)), "form db"],
  ["a long value is refused", form(named("db", `${OWN}${"x".repeat(5000)}`)), "form db"],
  ["every part is judged", form(named("db", OWN), named("db", "globex")), "form db"],
  ["a master password is refused", form(named("master_pwd", "")), "form master_pwd"],
  ["as a file part, too", form(part('form-data; name="master_pwd"; filename="x"')), "form master_pwd"],
  ["a state with another database is refused", form(named("state", '{"d":"globex"}')), "form state"],
  ["a state with the bound one passes", form(named("state", `{"d":"${OWN}"}`)), ""],
  ["a long plain state passes", form(named("state", "x".repeat(5000))), ""],
  ["names are not percent-decoded", form(named("%64b", "globex")), ""],
  ["names keep their case", form(named("DB", "globex")), ""],
  ["names beyond ASCII pass", form(named("Pr\xc3\xa9nom"), named("\xe9")), ""],
  ["an escaped quote in a name passes", form(named('a\\"b'), named("c%22d")), ""],
  [
    "a file name beyond ASCII passes",
    form(part('form-data; name="f"; filename="?.txt"; filename*=UTF-8\'\'%c3%a9.txt')),
    "",
  ],
  ["a Windows path as a file name passes", form(part('form-data; name="f"; filename="C:\\dir\\x.txt"')), ""],
  ["no space behind the semicolon passes", form(part('form-data;name="a";filename="b"')), ""],
  [
    "fields of other names pass",
    form(part('form-data; name="a"', "x", "Content-Type: text/plain; charset=UTF-8\r\nX-Y: z\r\n")),
    "",
  ],
  [
    "field names in any case are read",
    form(`--${B}\r\ncontent-DISPOSITION: Form-Data; name="db"\r\n\r\nglobex\r\n`),
    "form db",
  ],
  ["a plain transfer encoding passes", form(part('form-data; name="db"', OWN, `${CTE} 8bit\r\n`)), ""],
  ["an encoded database is refused", form(part('form-data; name="db"', OWN, `${CTE} base64\r\n`)), "form form"],
  [
    "a state in a charset of its own is refused",
    form(part('form-data; name="state"', "+AHsAIgBk-", "Content-Type: text/plain; charset=utf-7\r\n")),
    "form form",
  ],
  [
    "a state in UTF-16, too",
    form(part('form-data; name="state"', '{\0"\0d\0', "content-type:text/plain;charset='utf-16le'\r\n")),
    "form form",
  ],
  [
    "behind another parameter, too",
    form(part('form-data; name="db"', OWN, 'Content-Type: text/plain; x="; charset=utf-8"; charset=cp037\r\n')),
    "form form",
  ],
  [
    "a charset that leaves ASCII as it is passes",
    form(part('form-data; name="db"', OWN, "Content-Type: text/plain; charset=ISO-8859-1\r\n")),
    "",
  ],
  ["another encoded field passes", form(part('form-data; name="a"', "eA==", `${CTE} base64\r\n`)), ""],
  ["a line break before the form passes", `\r\n${form(named("a"))}`, ""],
  ["line breaks behind the form pass", `${form(named("a"))}\r\n`, ""],
  ["no line break at the end passes", form(named("a")).slice(0, -2), ""],
  [
    "half a boundary in a file passes",
    form(part('form-data; name="f"; filename="x"', `\r\n--${B.slice(0, -1)}\r\n-`)),
    "",
  ],
  ["a name that is not quoted", form(part("form-data; name=db", "globex")), "form form"],
  ["a harmless one, too", form(part("form-data; name=a")), "form form"],
  ["an extended name", form(part("form-data; name*=UTF-8''master%5fpwd")), "form form"],
  ["an extended name beside a plain one", form(part("form-data; name=\"a\"; name*=UTF-8''db", "globex")), "form form"],
  ["a continued name", form(part('form-data; name*0="master"; name*1="_pwd"')), "form form"],
  ["a folded head", form(part('form-data;\r\n name="db"', "globex")), "form form"],
  ["a head folded with a tab", form(part('form-data;\r\n\tname="db"', "globex")), "form form"],
  ["a bare line feed in a head", form(part('form-data; name="a"\nX: y')), "form form"],
  [
    "a bare carriage return in a head",
    form(part('form-data; name="a"\rContent-Disposition: form-data; name="db"', "globex")),
    "form form",
  ],
  ["heads that end in line feeds only", form(named("db", "globex")).replaceAll("\r\n", "\n"), "form form"],
  [
    "a line-feed head in a CRLF form",
    form(`--${B}\r\nContent-Disposition: form-data; name="db"\n\nglobex\r\n`),
    "form form",
  ],
  ["two names", form(part('form-data; name="a"; name="db"', "globex")), "form form"],
  [
    "two dispositions",
    form(part('form-data; name="a"', "globex", 'Content-Disposition: form-data; name="db"\r\n')),
    "form form",
  ],
  ["no name", form(part("form-data")), "form form"],
  ["no disposition", form(`--${B}\r\nContent-Type: text/plain\r\n\r\nx\r\n`), "form form"],
  ["no head", form(`--${B}\r\n\r\nContent-Disposition: form-data; name="db"\r\n\r\nglobex\r\n`), "form form"],
  ["another disposition", form(part('attachment; name="db"', "globex")), "form form"],
  ["a name in capitals", form(part('form-data; NAME="db"', "globex")), "form form"],
  ["a quoted parameter name", form(part('form-data; "name"="db"', "globex")), "form form"],
  ["spaces around the equals sign", form(part('form-data; name = "db"', "globex")), "form form"],
  ["a comma between parameters", form(part('form-data, name="db"', "globex")), "form form"],
  ["an unknown parameter", form(part('form-data; name="a"; size=3')), "form form"],
  ["an open quote", form(part('form-data; name="db')), "form form"],
  [
    "a quote that a backslash keeps open",
    form(part('form-data; name="a"; filename="b\\"; name="db"', "globex")),
    "form form",
  ],
  [
    "a space before the colon",
    form(`--${B}\r\nContent-Disposition : form-data; name="db"\r\n\r\nglobex\r\n`),
    "form form",
  ],
  ["a control character in a head", form(part('form-data; name="a\0b"')), "form form"],
  ["a blank beyond ASCII in a head", form(part('form-data;\xa0name="db"', "globex")), "form form"],
  ["a line without a colon", form(part('form-data; name="a"', "x", "nonsense\r\n")), "form form"],
  ["a head beyond the limit", form(part(`form-data; name="a"; filename="${"x".repeat(5000)}"`)), "form form"],
  ["a head that does not end", `--${B}\r\nContent-Disposition: form-data; name="a"\r\n`, "form form"],
  ["a preamble", `x\r\n${form(named("a"))}`, "form form"],
  ["two line breaks before the form", `\r\n\r\n${form(named("a"))}`, "form form"],
  ["something behind the form", `${form(named("a"))}x`, "form form"],
  ["a second form behind it", form(named("a")) + form(named("db", "globex")), "form form"],
  ["no last boundary", named("a"), "form form"],
  ["no boundary at all", "db=globex", "form form"],
  [
    "the boundary in the middle of a line",
    form(part('form-data; name="a"', `x--${B}\r\n${head('form-data; name="db"')}globex`)),
    "form form",
  ],
  [
    "behind a bare line feed",
    form(part('form-data; name="a"', `\n--${B}\r\n${head('form-data; name="db"')}globex`)),
    "form form",
  ],
  [
    "behind a bare carriage return",
    form(part('form-data; name="a"', `\r--${B}\r\n${head('form-data; name="db"')}globex`)),
    "form form",
  ],
  [
    "before a bare line feed",
    form(part('form-data; name="a"', `\r\n--${B}\n${head('form-data; name="db"')}globex`)),
    "form form",
  ],
  [
    "before blanks",
    form(part('form-data; name="a"', `\r\n--${B} \r\n${head('form-data; name="db"')}globex`)),
    "form form",
  ],
  ["as the beginning of another", form(part('form-data; name="a"', `\r\n--${B}2\r\n`)), "form form"],
  ["right behind a head", form(`--${B}\r\n${head('form-data; name="a"')}`, named("db", "globex")), "form form"],
  ["one dash behind the last boundary", `${named("a")}--${B}-`, "form form"],
];
const facts = guardFacts("/x", TYPE);
for (const [rule, body, want] of rows) {
  t.equal(judgeBody(facts, body), want, rule);
  t.equal(verdicts(facts, body).length, 1, `${rule}, at any split`);
}

t.equal(
  judgeBody(guardFacts("/website/form/x", TYPE), form(named("db", "x"), named("Database"))),
  "",
  "a customer's form",
);
t.equal(
  judgeBody(guardFacts("/website/form/x", TYPE), form(named("master_pwd"))),
  "form master_pwd",
  "no password there",
);
t.equal(judgeBody(guardFacts("/logo", TYPE), form(named("dbname", "globex"))), "form dbname", "a door's key");

const dashes = "-".repeat(60);
const types: ReadonlyArray<readonly [rule: string, contentType: string, boundary: string, want: string]> = [
  ["a quoted boundary", `multipart/form-data; boundary="${B}"`, B, ""],
  ["a quoted boundary with spaces and signs", 'multipart/form-data; boundary="a b(c)=/:?,d"', "a b(c)=/:?,d", ""],
  ["other parameters", `multipart/form-data; charset="utf-8"; boundary=${B}; x=y`, B, ""],
  ["the type and the parameter in any case", `Multipart/Form-Data;Boundary=${B}`, B, ""],
  ["a boundary of dashes", `multipart/form-data; boundary=${dashes}`, dashes, ""],
  ["a boundary of 70 bytes", `multipart/form-data; boundary=${"x".repeat(70)}`, "x".repeat(70), ""],
  ["a longer one", `multipart/form-data; boundary=${"x".repeat(71)}`, "x".repeat(71), "form form"],
  ["no boundary", "multipart/form-data", B, "form form"],
  ["an empty boundary", "multipart/form-data; boundary=", B, "form form"],
  ["two boundaries", `multipart/form-data; boundary=${B}; boundary=x`, B, "form form"],
  ["a continued boundary", `multipart/form-data; boundary*0=${B}`, B, "form form"],
  ["an extended boundary", `multipart/form-data; boundary*=utf-8''${B}`, B, "form form"],
  ["an unquoted sign that versions read differently", "multipart/form-data; boundary=a=b", "a=b", "form form"],
  ["an escape in the boundary", 'multipart/form-data; boundary="a\\b"', "a\\b", "form form"],
  ["a comma behind the type", `multipart/form-data, boundary=${B}`, B, "form form"],
  ["spaces around the equals sign", `multipart/form-data; boundary = ${B}`, B, "form form"],
  ["a blank beyond ASCII", `multipart/form-data;\xa0boundary=${B}`, B, "form form"],
  ["a trailing space in the boundary", 'multipart/form-data; boundary="x "', "x ", "form form"],
];
for (const [rule, contentType, boundary, want] of types) {
  const body = form(named("a")).replaceAll(B, boundary);
  t.equal(judgeBody(guardFacts("/x", contentType), body), want, rule);
  t.equal(judgeBody(guardFacts("/x", contentType), ""), "", `${rule}: an empty body names nothing`);
}
t.equal(
  judgeBody(guardFacts("/x", `multipart/mixed; boundary=${B}`), form(named("db", "x"))),
  "",
  "a mixed body is no form",
);

const long = form(
  named("a", "y".repeat(3)),
  part('form-data; name="f"; filename="x"', `${dashes}\r\n--${dashes}`.repeat(9)),
);
const dashed = long.replaceAll(B, `${dashes}x`);
t.same(
  verdicts(guardFacts("/x", `multipart/form-data; boundary=${dashes}x`), dashed),
  ["null"],
  "dashes before a boundary of dashes",
);
