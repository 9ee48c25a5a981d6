/** The glance at whole JSON bodies against the reader: what it lets pass unread, the reader must find nothing in. */
import fc from "fast-check";
import t from "tap";
import { BodyGuard } from "../../src/policy/guard/body-guard.ts";
import { mayHoldName } from "../../src/policy/guard/json-glance.ts";
import type { GuardFacts } from "../../src/policy/guard/types.ts";
import { KeyedHash } from "../../src/policy/limits/keyed-hash.ts";
import { guardFacts, OWN, showBody } from "../support/guard-bodies.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);

const logins = new KeyedHash({ k0: 1, k1: 2 });
const paths = [
  "/web/dataset/call_kw",
  "/web/login",
  "/web/hook/1",
  "/de/web/session/authenticate",
  "/jsonrpc",
  "/xmlrpc/2/object",
];
const types = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
];

/** Bodies of pieces that matter, in an order that is mostly that of JSON. */
const quoted = fc.constantFrom(
  "db",
  "d\\u0062",
  "\\u0064b",
  "service",
  "serv\\u0069ce",
  "login",
  "password",
  "args",
  "method",
  "params",
  "x",
  "dbs",
  "d\\b",
  "\\\\u0064",
  "price",
);
const value = fc.constantFrom(
  `"${OWN}"`,
  '"globex"',
  '"common"',
  '"object"',
  '"login"',
  '"jane"',
  "1",
  "null",
  "{}",
  '["a"]',
  `["${OWN}","jane","secret"]`,
  '[["db","globex"]]',
  '[["service","db"]]',
);
const member = fc.tuple(quoted, value).map(([name, of]) => `"${name}":${of}`);
const members = fc.array(member, { maxLength: 4 }).map((all) => all.join(","));
const logsIn = fc.constantFrom(
  '{"login":"jane","password":"x"}',
  '{"password":"x","login":"jan\\u0065","db":""}',
  `{"service":"common","method":"login","args":["${OWN}","jane","x"]}`,
  `{"args":["${OWN}","jane","x"],"method":"authenticate","service":"common"}`,
);
const params = fc.oneof(
  members.map((all) => `{${all}}`),
  value,
  logsIn,
);
const call = fc
  .tuple(members, fc.constantFrom("params", "par\\u0061ms", "kwargs"), params, fc.boolean())
  .map(([all, name, of, first]) => {
    const named = `"${name}":${of}`;
    return `{${(first ? [named, all] : [all, named]).filter((part) => part !== "").join(",")}}`;
  });
const noise = fc.constantFrom(
  '"',
  "\\",
  "{",
  "}",
  "[",
  " ",
  "\0",
  "\xff",
  "\xfe",
  "\xef\xbb\xbf",
  "\\u0064",
  "<",
  "\xe9",
  '"db"',
  "'db'",
);
const edits = fc.array(fc.tuple(fc.nat(), fc.nat(2), noise), { maxLength: 2 });
const body = fc
  .tuple(call, edits)
  .map(([text, all]) =>
    all.reduce(
      (so, [at, removed, piece]) =>
        so.slice(0, at % (so.length + 1)) + piece + so.slice((at % (so.length + 1)) + removed),
      text,
    ),
  );
const facts = fc
  .record({
    path: fc.constantFrom(...paths),
    type: fc.oneof(fc.constant("application/json"), fc.constantFrom(...types)),
    method: fc.constantFrom("POST", "POST", "PUT"),
    rpc: fc.constantFrom("bound" as const, "off" as const),
  })
  .map(({ path, type, method, rpc }): GuardFacts => ({ ...guardFacts(path, type, {}, method), rpc, logins }));

/** All that is asked of a guard at a body's end. */
function said(guard: BodyGuard): string {
  const finding = guard.end();
  return JSON.stringify([finding, guard.protocol, finding === null ? [guard.call, guard.loginTry()] : []]);
}

const counts = { unread: 0, refused: 0, logins: 0 };
fc.assert(
  fc.property(facts, body, fc.array(fc.nat(), { maxLength: 6 }), (of, text, places) => {
    const bytes = Buffer.from(text, "latin1");
    const [shown, pieces] = [new BodyGuard(of), new BodyGuard(of)];
    const splits = places.map((place) => place % (text.length + 1)).sort((a, b) => a - b);
    showBody(shown, text, splits);
    pieces.feed(bytes, 0, 1);
    pieces.feed(bytes, 1, bytes.length);
    const want = said(pieces);
    if (!mayHoldName(text)) counts.unread++;
    if (!want.startsWith("[null")) counts.refused++;
    if (want.includes('"hash"')) counts.logins++;
    const got = said(shown);
    if (got !== want) throw new Error(`${JSON.stringify(text)} cut at ${splits}: ${got} shown, ${want} in pieces`);
  }),
  { seed, numRuns: 20_000 },
);
t.ok(counts.unread > 1000 && counts.refused > 1000 && counts.logins > 100, `all kinds came: ${JSON.stringify(counts)}`);
