/** Requests made at random: bodies that name databases in every way, and paths and queries of the grammar's corners. */
import fc from "fast-check";
import { formerDatabase, type GuardCase } from "../../support/guard-cases/case.ts";
import { hostileForm, hostileQuery } from "../../support/guard-cases/form.ts";
import { hostileJson } from "../../support/guard-cases/json.ts";
import { legitimateCase } from "../../support/guard-cases/legitimate.ts";
import { hostileMultipart } from "../../support/guard-cases/multipart.ts";
import { mutatedCase } from "../../support/guard-cases/mutation.ts";
import { ask, inFront, type ParityCase, rawCase, whole } from "../support/case.ts";

const HOST = "acme.example.com";
/** Methods that both edges know. */
const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** What a request line and a field can carry; the rest is the business of the corpora. */
const isText = (value: string) => /^[\x21-\x7e]*$/.test(value);

/** Bodies and queries that the guard is made for. */
export function guardCases(seed: number, count: number): ParityCase[] {
  const any = fc.oneof(hostileJson, hostileForm, hostileMultipart, hostileQuery, legitimateCase, mutatedCase);
  const cases = fc.sample(any, { seed, numRuns: count });
  return cases.filter(isSendable).map((made, i) => {
    const { method, path, query, type, body } = withDatabases(made);
    const target = query === "" ? path : `${path}?${query}`;
    const fields = type === "" ? [] : [`Content-Type: ${type}`];
    return rawCase(`generated body ${i} of seed ${seed}`, [ask(`${method} ${target}`, HOST, fields, body)], {
      where: inFront,
    });
  });
}

function isSendable({ method, path, query, type, body }: GuardCase): boolean {
  const typed = /^[\x20-\x7e]*$/.test(type) && type === type.trim();
  return METHODS.has(method) && isText(path) && isText(query) && !query.includes("#") && typed && body.length < 100_000;
}

/** The former name belongs to another tenant's catalog here: it is one that the guard refuses. */
function withDatabases(made: GuardCase): GuardCase {
  return { ...made, query: made.query.replaceAll(formerDatabase, "acme-former") };
}

const piece = fc.constantFrom(
  ...[
    "web",
    "database",
    "jsonrpc",
    "xmlrpc",
    "login",
    "fr",
    "static",
    "image",
    "assets",
    "websocket",
    "json",
    "logo",
    "a",
  ],
  ...[
    "%2F",
    "%2f",
    "%5C",
    "%77",
    "%64",
    "%2e",
    "%2E",
    ".",
    "..",
    "..;x",
    ".;",
    ";x",
    "%25",
    "%3f",
    "%20",
    "%e9",
    "~",
    "%7E",
  ],
  ...["%0a", "%00", "%7f", "%zz", "%", "%2", "<", '"', "|", "^", "{", "[", "'", "(", "!", "*", "@", ":", ","],
);
const path = fc
  .array(fc.tuple(fc.constantFrom("/", "/", "/", "//", ""), piece), { minLength: 1, maxLength: 7 })
  .map((parts) => `/${parts.map((part) => part.join("")).join("")}`);
const word = fc.constantFrom(
  "db",
  "%64b",
  "d%62",
  "dbname",
  "master_pwd",
  "session_id",
  "x",
  "",
  "state",
  "dbx",
  "xdb",
  "db;x",
);
const value = fc.constantFrom(
  HOST,
  "globex.example.com",
  "",
  "x",
  "acme%2eexample.com",
  `${HOST}%00`,
  `${HOST}x`,
  "%7B%22d%22%3A1%7D",
);
const field = fc
  .tuple(word, fc.constantFrom("=", "=", "=", ""))
  .chain(([name, sign]) => value.map((text) => (sign === "" ? name : `${name}=${text}`)));
const query = fc
  .array(field, { maxLength: 4 })
  .chain((fields) => fc.constantFrom("&", "&", ";").map((sign) => fields.join(sign)));
const target = fc.tuple(path, fc.boolean(), query).map(([made, has, text]) => (has ? `${made}?${text}` : made));

/** Paths and queries. */
export function targetCases(seed: number, count: number): ParityCase[] {
  const made = fc.sample(fc.tuple(fc.constantFrom("GET", "GET", "HEAD", "POST"), target), { seed, numRuns: count });
  return made.map(([method, text], i) =>
    rawCase(`generated target ${i} of seed ${seed}`, [ask(`${method} ${text}`, HOST)], { where: whole }),
  );
}
