/** The sizes of `src/gateway-api/regex.ts` are never under RE2's own: what they allow, a real Envoy takes. */
import fc from "fast-check";
import t from "tap";
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
} from "../../src/gateway-api/regex.ts";
import { celBootstrap } from "./support/cel-bootstrap.ts";
import { validateEnvoy } from "./support/envoy.ts";

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`SEED=${seed}`);
const EXPRESSIONS = 300;

const word = fc.string({ unit: fc.constantFrom(..."abz019-_.~/"), minLength: 1, maxLength: 12 });
const leaf: fc.Arbitrary<Regex> = fc.oneof(
  word.map(text),
  word.map(encodedName),
  fc.constantFrom(
    charClass("[&;]", 2),
    charClass("[=&;]", 3),
    charClass("[ -~]", 1, "*"),
    charClass("[!-.0-~]", 2, "+"),
    charClass("/", 1, "+"),
    mark("^"),
    mark("$"),
    anyBytes,
  ),
);
const { tree } = fc.letrec<{ tree: Regex }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("tree"), { minLength: 1, maxLength: 4 }).map((parts) => sequence(...parts)),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map((parts) => anyOf(...parts)),
    tie("tree").map(optional),
  ),
}));

const allowed = fc
  .sample(tree, { seed, numRuns: EXPRESSIONS * 8 })
  .filter((regex) => searchSize(regex) <= CEL_REGEX_SIZE_MAX)
  .toSorted((a, b) => b.size - a.size)
  .slice(0, EXPRESSIONS);
t.ok(
  allowed.length > EXPRESSIONS / 2 && searchSize(allowed[0]!) > CEL_REGEX_SIZE_MAX * 0.9,
  `${allowed.length} expressions, up to the limit`,
);
await t.resolves(validateEnvoy(celBootstrap(allowed.map(({ source }) => source))), "a real Envoy takes all of them");

const tooLarge = text("x".repeat(2 * CEL_REGEX_SIZE_MAX));
await t.rejects(
  validateEnvoy(celBootstrap([tooLarge.source])),
  /exceeds max allowed size/,
  "and refuses one that is too large",
);
