/** Generated paths: what clients may try on the table of doors. */
import fc from "fast-check";
import { doors } from "../../src/policy/doors.ts";
import { JSON_PATH, loginPaths, staticPaths } from "../../src/policy/rules.ts";

/** Pieces that path tricks are made of, and the names behind the doors, raw or escaped. */
const trick = fc.constantFrom(
  ...[
    "/",
    "//",
    "%2f",
    "%2F",
    "%5c",
    ".",
    "..",
    "%2e",
    "%2E%2e",
    ";",
    "..;",
    "%3b",
    "%25",
    "%0a",
    "%20",
    "%00",
    "%",
    "%c0%af",
  ],
  ...[
    "fr",
    "x",
    "a.b",
    "%41",
    "{",
    "|",
    '"',
    "\\",
    "?",
    "#",
    " ",
    "\xa0",
    "%7f",
    "%e2%80%8b",
    "%%32",
    "%c2%a0",
    "@",
    "*",
  ],
);
const name = fc.constantFrom(
  ...doors.flatMap((door) =>
    door.path
      .replace("*", "x")
      .split("/")
      .filter((part) => part !== ""),
  ),
);
const spelt = fc
  .tuple(name, fc.nat())
  .map(([word, bits]) => [...word].map((char, i) => spell(char, bits >> i)).join(""));
const aimed = fc
  .tuple(fc.constantFrom(...doors), fc.array(trick, { maxLength: 3 }), fc.array(trick, { maxLength: 2 }), fc.nat())
  .map(([door, before, after, bits]) => {
    const path = [...door.path.replace("*", "x")].map((char, i) => spell(char, bits >> i)).join("");
    return `/${before.join("")}${path}${after.join("")}`;
  });
/** Paths of every kind: at a door by some trick, of tricks alone, of any printable text. */
export const trickyPath = fc.oneof(
  aimed,
  fc.array(fc.oneof(trick, spelt, fc.constant("/")), { maxLength: 12 }).map((parts) => `/${parts.join("")}`),
  fc.string({ unit: "binary-ascii" }).map((text) => `/${text}`),
);

function spell(char: string, bit: number): string {
  return bit & 1 ? `%${char.charCodeAt(0).toString(16)}` : char;
}

const known = [...doors.map((door) => door.path), ...loginPaths, ...staticPaths, JSON_PATH, "/x/static"];
const word = fc.constantFrom(...new Set(known.flatMap((path) => path.replace("*", "x").slice(1).split("/"))));
const near = fc.tuple(word, fc.constantFrom("s", "%20", ".", "x")).map(([text, more]) => text + more);
const slashes = fc.constantFrom("/", "/", "/", "//", "///");

/** Canonical paths of segments that some rule knows, or nearly: what tricks come to. */
export const routedPath = fc
  .tuple(
    fc.array(
      fc.tuple(slashes, fc.oneof(fc.constantFrom(...known.map((path) => path.slice(1).replace("*", "x"))), word, near)),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constantFrom("", "", "/"),
  )
  .map(([parts, end]) => parts.flat().join("").replace(/^\/+/, "/") + end);
