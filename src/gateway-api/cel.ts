/**
 * What a SecurityPolicy refuses of a tenant's requests, as CEL, the one language in which Envoy Gateway can look at a
 * query or a cookie.
 *
 * CEL has no functions that split or decode here, so names are found by regular expressions that know their encodings,
 * and values are compared as they are usually written. Where that is less exact than `policy/guard/query.ts` it refuses
 * more; the table of parity says so. An expression must never fail: Envoy takes an error for "does not match".
 */
import {
  DATABASE_KEY,
  JSONP_KEYS,
  LAST_JSONP_MAJOR,
  LAST_SESSION_QUERY_MAJOR,
  MASTER_KEY,
  SESSION_KEYS,
} from "../policy/guard/query.ts";
import { boundDoors, doorsAt } from "./path-patterns.ts";
import {
  anyBytes,
  anyOf,
  CEL_REGEX_SIZE_MAX,
  charClass,
  encodedName,
  mark,
  optional,
  type Regex,
  searchSize,
  sequence,
  text,
} from "./regex.ts";

/** Longest `cel` of an authorization rule (Envoy Gateway: CELExpression). */
export const CEL_LENGTH_MAX = 4096;

/** One thing that is refused. */
export interface Refusal {
  /** Name of the authorization rule. */
  readonly name: string;
  readonly cel: string;
  /** Size of the largest regular expression in it, in RE2 instructions at most. */
  readonly regexSizeMax: number;
}

/** What of a tenant decides what is refused. */
export interface RefusalFacts {
  readonly odooMajor: number;
  readonly database: string;
  readonly formerDatabases: readonly string[];
  readonly guardExempt: readonly { readonly path: string; readonly names: readonly string[] }[];
  /** Origins, serialised, that may open a WebSocket with a session. */
  readonly origins: readonly string[];
  /** Whether queries are judged here, or by the guard behind. */
  readonly judgesQueries: boolean;
}

/** What is refused of every request that is forwarded, in the order in which Envoy tries it. */
export function queryRefusals(facts: RefusalFacts): Refusal[] {
  return facts.judgesQueries ? [secondSession, refusedKeys(facts), foreignDatabase(facts), ...foreignLogo(facts)] : [];
}

/** What is refused of upgrades beside that. */
export function upgradeRefusals(facts: RefusalFacts): Refusal[] {
  return facts.odooMajor >= FIRST_WITH_WEBSOCKET ? [foreignOrigin(facts)] : [];
}

const FIRST_WITH_WEBSOCKET = 16;

/** Werkzeug's versions disagree on which of two session cookies counts. */
const secondSession = refusal("second-session", (use) => {
  const blank = charClass("[ \\t=]", 3, "*");
  const name = sequence(blank, optional(text('"')), text(SESSION_KEYS[0]!), charClass('[ \\t"]', 3, "*"));
  // Envoy shows several lines of Cookie joined with commas.
  const between = charClass("[;,]", 2);
  const behind = charClass("[=;,]", 3);
  const first = sequence(anyOf(mark("^"), between), name, optional(sequence(behind, anyBytes)));
  const second = sequence(between, name, anyOf(behind, mark("$")));
  return `'cookie' in request.headers && ${use("request.headers['cookie']", sequence(first, second))}`;
});

/** A page of another site may not open a WebSocket with the user's session. */
function foreignOrigin({ origins }: RefusalFacts): Refusal {
  const cookie = "request.headers['cookie']";
  // A name in quotes can spell the session with escapes.
  const session = `(${cookie}.contains('${SESSION_KEYS[0]}') || ${cookie}.contains(${quote("\\")}))`;
  return {
    name: "origin",
    cel:
      "request.url_path == '/websocket' && 'upgrade' in request.headers && 'origin' in request.headers && " +
      `'cookie' in request.headers && ${session} && !(request.headers['origin'] in [${origins.map(quote).join(", ")}])`,
    regexSizeMax: 0,
  };
}

/** By Odoo's major: they are the same for ten thousand tenants. */
const keyRefusals = new Map<number, Refusal>();

/** Names that no query may carry, whatever their value. */
function refusedKeys({ odooMajor }: RefusalFacts): Refusal {
  let refused = keyRefusals.get(odooMajor);
  if (refused === undefined) {
    refused = keyRefusal(odooMajor);
    keyRefusals.set(odooMajor, refused);
  }
  return refused;
}

function keyRefusal(odooMajor: number): Refusal {
  const keys = [
    MASTER_KEY,
    ...(odooMajor <= LAST_SESSION_QUERY_MAJOR ? SESSION_KEYS : []),
    ...(odooMajor <= LAST_JSONP_MAJOR ? JSONP_KEYS : []),
  ];
  return refusal("query-key", (use) =>
    together(keys)
      .map((regex) => use("request.query", regex))
      .join(" || "),
  );
}

/** One expression for as many names as its size allows: Envoy keeps each for every route of every tenant. */
function together(keys: readonly string[]): Regex[] {
  const groups: string[][] = [];
  for (const key of keys) {
    const last = groups.at(-1);
    const grown = last === undefined ? null : anyKey([...last, key]);
    if (last !== undefined && grown !== null && searchSize(grown) <= CEL_REGEX_SIZE_MAX) last.push(key);
    else groups.push([key]);
  }
  return groups.map(anyKey);
}

function anyKey(keys: readonly string[]): Regex {
  return sequence(anyOf(mark("^"), start()), anyOf(...keys.map(encodedName)), end());
}

/** `db` in the query names the tenant's database, a former one, or none. */
function foreignDatabase(facts: RefusalFacts): Refusal {
  const exempt = facts.guardExempt.filter(({ names }) => names.includes(DATABASE_KEY));
  return refusal("query-database", (use) => {
    const foreign = foreignValue(DATABASE_KEY, ownNames(facts), use);
    if (exempt.length === 0) return foreign;
    const elsewhere = exempt.map(({ path }) => `!${use("request.url_path", pathAtOrUnder(path))}`);
    // At a door nothing means anything else.
    const atDoor = boundDoors(facts.odooMajor).map(({ path }) => use("request.url_path", pathAtOrUnder(path)));
    return `(${foreign}) && (${elsewhere.join(" && ")} || ${atDoor.join(" || ")})`;
  });
}

/** The doors that take a database from a further name in the query. */
function foreignLogo(facts: RefusalFacts): Refusal[] {
  const doors = doorsAt(facts.odooMajor, ["query"]);
  const keys = [...new Set(doors.flatMap((door) => door.keys))];
  // The last segment anywhere in the path: a wider net than the doors', and cheaper than an expression.
  const ends = [...new Set(doors.map((door) => door.path.slice(door.path.lastIndexOf("/") + 1)))];
  const nets = ends.filter((end) => !ends.some((other) => other !== end && end.includes(other)));
  const path = nets.map((end) => `request.url_path.contains(${quote(end)})`).join(" || ");
  return keys.map((key) =>
    refusal(`query-${key}`, (use) => `(${path}) && (${foreignValue(key, ownNames(facts), use)})`),
  );
}

function ownNames({ database, formerDatabases }: RefusalFacts): string[] {
  return ["", database, ...formerDatabases];
}

type Use = (subject: string, regex: Regex) => string;

/** `key` stands in the query twice, or once with a value that is none of `values`. */
function foreignValue(key: string, values: readonly string[], use: Use): string {
  const plain = values.map((value) => {
    const field = `${key}=${value}`;
    return (
      `request.query == ${quote(field)} || request.query.startsWith(${quote(`${field}&`)}) || ` +
      `request.query.endsWith(${quote(`&${field}`)}) || request.query.contains(${quote(`&${field}&`)})`
    );
  });
  const { once, twice } = occurrences(key);
  return `${use("request.query", once)} && !(${plain.join(" || ")}) || ${use("request.query", twice)}`;
}

interface Occurrences {
  readonly once: Regex;
  readonly twice: Regex;
}

/** By key; the keys are those of the guard, so there are few. */
const knownOccurrences = new Map<string, Occurrences>();

/** `key` as the name of a field of a query, whatever of it is percent-encoded; and the same with a second behind it. */
function occurrences(key: string): Occurrences {
  const known = knownOccurrences.get(key);
  if (known !== undefined) return known;
  const name = encodedName(key);
  const once = sequence(anyOf(mark("^"), start()), name, end());
  const made = { once, twice: sequence(once, charClass("[ -~]", 1, "*"), start(), name, end()) };
  knownOccurrences.set(key, made);
  return made;
}

/** A field of a query begins; `;` separates fields for Python before 3.9.2. */
function start(): Regex {
  return charClass("[&;]", 2);
}

/** The name of a field of a query ends. */
function end(): Regex {
  return anyOf(charClass("[=&;]", 3), mark("$"));
}

/** `path` and what is under it, also behind one further segment. */
function pathAtOrUnder(path: string): Regex {
  const slashes = charClass("/", 1, "+");
  const segments = path.slice(1).split("/").map(text);
  const rest = segments.flatMap((segment, i) => (i === 0 ? [segment] : [slashes, segment]));
  const language = optional(sequence(charClass("[!-.0-~]", 2, "+"), slashes));
  return sequence(mark("^"), slashes, language, ...rest, anyOf(text("/"), mark("$")));
}

/** Builds an expression, noting the size of each regular expression that it uses. */
function refusal(name: string, build: (use: Use) => string): Refusal {
  let regexSizeMax = 0;
  const cel = build((subject, regex) => {
    regexSizeMax = Math.max(regexSizeMax, searchSize(regex));
    return `${subject}.matches(${quote(regex.source)})`;
  });
  return { name, cel, regexSizeMax };
}

/** A CEL string literal. */
function quote(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}
