import fc from "fast-check";
import t from "tap";
import { queryRefusals, type RefusalFacts, upgradeRefusals } from "../../src/gateway-api/cel.ts";
import { ownOrigins } from "../../src/gateway-api/sections/security-policy.ts";
import { countSessions, hasSession } from "../../src/policy/cookies.ts";
import { isUnder } from "../../src/policy/doors.ts";
import { judgeQuery, LAST_SESSION_QUERY_MAJOR, sessionInQuery } from "../../src/policy/guard/query.ts";
import { canonicalPath, mergeSlashes, withoutFirstSegment } from "../../src/policy/path.ts";
import { originAllowed } from "../../src/policy/realtime.ts";
import { classify } from "../../src/policy/rules.ts";
import { type CelRequest, compileCel } from "../support/cel.ts";
import { routedPath, trickyPath } from "../support/generated-paths.ts";

/** Whatever the edge refuses of a query, a cookie or an origin, the emitted CEL refuses, too. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);
const runs = { seed, numRuns: 40_000 };

const HOSTNAME = "acme.example";
const OWN = "acme.example";
const FORMER = "acme_old";
const base: RefusalFacts = {
  odooMajor: 18,
  database: OWN,
  formerDatabases: [FORMER, "acme-older"],
  guardExempt: [],
  origins: ownOrigins(8443, {
    hostname: HOSTNAME,
    aliases: [{ hostname: "www.acme.example" }],
    origins: ["https://shop.example"],
  }),
  judgesQueries: true,
};

const known = new Map<string, (request: CelRequest) => boolean>();

/** Names of the rules that refuse a request. */
function refusing(facts: RefusalFacts, request: Partial<CelRequest>): string[] {
  const whole = { method: "GET", url_path: "/web", query: "", headers: {}, ...request };
  return [...upgradeRefusals(facts), ...queryRefusals(facts)]
    .filter(({ cel }) => {
      const evaluate = known.get(cel) ?? compileCel(cel);
      known.set(cel, evaluate);
      return evaluate(whole);
    })
    .map(({ name }) => name);
}

const majors = [13, 14, 15, 16, 17, 18, 19] as const;
const exemptions: ReadonlyArray<RefusalFacts["guardExempt"]> = [
  [],
  [{ path: "/contact", names: ["db", "dbname"] }],
  [{ path: "/contact/form.html", names: ["phone", "db"] }],
  [{ path: "/web", names: ["db"] }],
  [{ path: "/logo", names: ["db", "dbname"] }],
  [
    { path: "/a+b", names: ["db"] },
    { path: "/x/y", names: ["dbname"] },
  ],
];
const factsOf = fc
  .tuple(fc.constantFrom(...majors), fc.constantFrom(...exemptions))
  .map(([odooMajor, guardExempt]): RefusalFacts => ({ ...base, odooMajor, guardExempt }));

/** Each character as it is, or as an escape in either case. */
function spelt(words: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(words, fc.oneof(fc.constant(0), fc.nat()))
    .map(([word, bits]) => [...word].map((char, i) => spell(char, bits >> (2 * i))).join(""));
}

function spell(char: string, bits: number): string {
  if ((bits & 1) === 0) return char;
  const hex = char.charCodeAt(0).toString(16);
  return `%${bits & 2 ? hex.toUpperCase() : hex}`;
}

const key = spelt(
  fc.constantFrom("db", "db", "db", "dbname", "master_pwd", "session_id", "jsonp", "x", "dbx", "adb", "DB", ""),
);
const value = spelt(fc.constantFrom(OWN, OWN, FORMER, "", "globex", "acme", `${OWN}x`, "1", "+", "%", ";", "="));
const field = fc.oneof(
  fc.tuple(key, value).map(([name, text]) => `${name}=${text}`),
  key,
  fc.string({ maxLength: 3 }).map((text) => text.replace(/[^!-~]|#/g, "")),
);
const query = fc
  .array(fc.tuple(field, fc.constantFrom("&", "&", "&", ";", "&&", "=")), { maxLength: 5 })
  .map((parts) => parts.flat().join("").replace(/.$/, ""));
const path = fc.oneof(
  fc.constantFrom(
    "/web",
    "/contact",
    "/fr/contact/",
    "//contact",
    "/contact/form.html/x",
    "/a+b",
    "/aab",
    "/x/y",
    "/logo",
    "/fr/logo",
    "/web/binary/company_logo",
  ),
  routedPath,
  trickyPath.map(canonicalPath).filter((text) => text !== ""),
);

/** What the edge says of a query; null for a path that is refused whatever its query. */
function edgeRefuses(facts: RefusalFacts, canonical: string, text: string): boolean | null {
  const { odooMajor, database, formerDatabases, guardExempt } = facts;
  const judged = mergeSlashes(canonical);
  const behind = withoutFirstSegment(judged);
  const { rule, door } = classify(
    { method: "GET", path: canonical, judged, upgrade: false },
    { odooMajor, surfaceOpen: new Set() },
  );
  if (rule === "deny") return null;
  const here = guardExempt.filter((exemption) => isUnder(judged, exemption.path) || isUnder(behind, exemption.path));
  const exempt = door === null ? here.flatMap(({ names }) => names) : [];
  const found = judgeQuery(text, { database, formerDatabases, odooMajor, doorKeys: door?.keys ?? [], exempt });
  return found !== null || (odooMajor <= LAST_SESSION_QUERY_MAJOR && sessionInQuery(text));
}

t.test("no query passes that the edge refuses", async (t) => {
  const counts = { refused: 0, passed: 0, stricter: 0 };
  fc.assert(
    fc.property(factsOf, path, query, (facts, url_path, text) => {
      const refused = edgeRefuses(facts, url_path, text);
      if (refused === null) return true;
      const found = refusing(facts, { url_path, query: text });
      if (refused) counts.refused++;
      else if (found.length > 0) counts.stricter++;
      else counts.passed++;
      return !refused || found.length > 0;
    }),
    runs,
  );
  t.ok(counts.refused > 2000 && counts.passed > 2000, JSON.stringify(counts));
});

t.test("the own database once, a former one, or an empty name pass as they are usually written", async () => {
  const innocent = fc.constantFrom(
    "x=1",
    "debug=assets",
    "redirect=/web%3Fdb",
    "dbx=db",
    "name=db=acme",
    "q=%64b",
    "empty=",
    "alone",
  );
  const named = fc.constantFrom(`db=${OWN}`, `db=${FORMER}`, "db=acme-older", "db=");
  const logo = fc.constantFrom(`dbname=${OWN}`, `dbname=${FORMER}`, "dbname=");
  fc.assert(
    fc.property(
      factsOf,
      fc.array(innocent, { maxLength: 2 }),
      fc.oneof(
        named.map((text) => ["/web", text]),
        logo.map((text) => ["/logo", text]),
        fc.constant(["/contact", "x=globex"]),
      ),
      fc.array(innocent, { maxLength: 2 }),
      (facts, before, [url_path, text], after) => {
        const whole = [...before, text!, ...after].join("&");
        return refusing(facts, { url_path: url_path!, query: whole }).length === 0;
      },
    ),
    { seed, numRuns: 5000 },
  );
});

t.test("rules", async (t) => {
  const exempted = { ...base, guardExempt: [{ path: "/contact", names: ["db"] }] };
  const rows: ReadonlyArray<
    readonly [rule: string, facts: RefusalFacts, query: string, path: string, names: string[]]
  > = [
    ["another database", base, "db=globex", "/web", ["query-database"]],
    ["twice the own", base, `db=${OWN}&db=${OWN}`, "/web", ["query-database"]],
    ["a name without a value, then another's", base, "db&db=globex", "/web", ["query-database"]],
    ["another's behind a semicolon", base, "x=1;db=globex", "/web", ["query-database"]],
    ["on an exempt path", exempted, "db=globex", "/contact", []],
    ["behind a language", exempted, "db=globex", "/fr/contact/us", []],
    ["on a path that begins alike", exempted, "db=globex", "/contacts", ["query-database"]],
    ["at a door", base, "dbname=globex", "/logo", ["query-dbname"]],
    ["at none", base, "dbname=globex", "/web", []],
    ["a session up to 17", { ...base, odooMajor: 17 }, "session_id=x", "/web", ["query-key"]],
    ["a session from 18 on", base, "session_id=x", "/web", []],
    ["JSONP up to 14", { ...base, odooMajor: 14 }, "jsonp=x", "/web", ["query-key"]],
    ["JSONP from 15 on", { ...base, odooMajor: 15 }, "jsonp=x", "/web", []],
    ["a master password", base, "x&master%5Fpwd", "/web", ["query-key"]],
    ["with a guard behind", { ...base, judgesQueries: false }, "db=globex", "/web", []],
  ];
  for (const [rule, facts, text, url_path, names] of rows)
    t.same(refusing(facts, { query: text, url_path }), names, rule);
});

t.test("no second session passes", async (t) => {
  const counts = { refused: 0, passed: 0, stricter: 0 };
  const name = fc.constantFrom("session_id", "session_id", '"session_id"', "sid", "session_id2", "my_session_id", "");
  const blank = fc.constantFrom("", "", " ", "\t", "=", " = ");
  const text = fc.constantFrom(
    "",
    "=",
    "=1",
    "=1",
    '="a b"',
    "=\xe9",
    "=\xc3\xa9",
    "=\xf0\x9f\x98\x80",
    "={json:[1]}",
    " =2",
  );
  const cookie = fc.tuple(blank, name, text).map((parts) => parts.join(""));
  const line = fc.array(cookie, { minLength: 1, maxLength: 4 }).map((cookies) => cookies.join(";"));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
      const refused = countSessions(lines.join("; ")) > 1;
      const found = refusing(base, { headers: { cookie: lines.join(",") } }).includes("second-session");
      if (refused) counts.refused++;
      else if (found) counts.stricter++;
      else counts.passed++;
      return !refused || found;
    }),
    runs,
  );
  t.ok(counts.refused > 2000 && counts.passed > 2000, JSON.stringify(counts));
  for (const one of [
    "session_id=1",
    "a=1; session_id=x; b=\xc3\xa9",
    "session_id=a,b; cids=1",
    "x_session_id=1; session_id=2",
  ]) {
    t.same(refusing(base, { headers: { cookie: one } }), [], one);
  }
});

t.test("no WebSocket opens that the edge refuses", async (t) => {
  const counts = { refused: 0, passed: 0, stricter: 0 };
  const own = {
    hostname: HOSTNAME,
    aliases: ["www.acme.example"],
    externalPort: 8443,
    listed: ["https://shop.example"],
  };
  const origin = fc.oneof(
    fc
      .tuple(
        fc.constantFrom("http://", "https://", "HTTPS://", "", "ws://"),
        fc.constantFrom(
          HOSTNAME,
          "www.acme.example",
          "ACME.example",
          "acme.example.",
          "globex.example",
          "shop.example",
          "null",
        ),
        fc.constantFrom("", ":8443", ":443", ":80", ":08443"),
      )
      .map((parts) => parts.join("")),
    fc.constantFrom("null", "", ...base.origins),
  );
  const cookie = fc.constantFrom(
    "session_id=1",
    "a=1; session_id=1",
    '"session_id"=1',
    '"\\163ession_id"=1',
    "a=1",
    "",
  );
  fc.assert(
    fc.property(fc.constantFrom(16, 17, 18, 19), origin, cookie, (odooMajor, text, cookies) => {
      const refused = !originAllowed(text, hasSession(cookies), own);
      const headers = { upgrade: "websocket", origin: text, ...(cookies === "" ? {} : { cookie: cookies }) };
      const found = refusing({ ...base, odooMajor }, { url_path: "/websocket", headers }).includes("origin");
      if (refused) counts.refused++;
      else if (found) counts.stricter++;
      else counts.passed++;
      return !refused || found;
    }),
    { seed, numRuns: 5000 },
  );
  t.ok(counts.refused > 500 && counts.passed > 500, JSON.stringify(counts));
  for (const text of base.origins) {
    const headers = { upgrade: "websocket", origin: text, cookie: "session_id=1" };
    t.same(refusing(base, { url_path: "/websocket", headers }), [], `${text} passes`);
  }
});
