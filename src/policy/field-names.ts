/**
 * Reads a field's name and says what kind of field it is, in one walk over its bytes: an automaton made from a table of
 * names, for any case.
 *
 * Hot: two table lookups for each byte of a name; nothing is allocated, hashed or lower-cased. bench/micro/read-head.ts.
 */
import { isToken } from "../core/token.ts";

/** Which names have which kind. */
export interface NameTable {
  /** By lower-cased name. */
  readonly kinds: ReadonlyMap<string, number>;
  /** Beginnings of names, lower-cased; `prefixKind` is the kind of what begins so and is not in `kinds`. */
  readonly prefixes: readonly string[];
  readonly prefixKind: number;
  /** Kind of all other names. */
  readonly otherKind: number;
  /** Kind of every name with an underscore; null where that is a character like others. */
  readonly underscoreKind: number | null;
}

/** More than there are classes of characters, so that a state and a class are one index. */
const CLASSES = 32;
/** States that no further character leaves, but for an underscore. */
const sink = { other: 0, prefixed: 1, underscored: 2 } as const;
const SINKS = 3;
/** Stands for all characters of tokens that are in no name of the table. */
const OTHERS = "\0";

export class FieldNames {
  /** By byte; 0 for what no token holds. */
  readonly #classOf = new Uint8Array(256);
  /** By state and class: the next state. A state is its number times `CLASSES`. */
  readonly #next: Uint16Array;
  /** By a state's number. */
  readonly #kindOf: Uint8Array;
  readonly #start = SINKS * CLASSES;
  /** Kind of the name that was read last. */
  kind = 0;

  constructor(table: NameTable) {
    const names = [...table.kinds.keys(), ...table.prefixes];
    const characters = classify(names, this.#classOf);
    const states = stateNumbers(names);
    const count = SINKS + states.size;
    this.#next = new Uint16Array(count * CLASSES);
    this.#kindOf = new Uint8Array(count).fill(table.otherKind);
    this.#kindOf[sink.prefixed] = table.prefixKind;
    this.#kindOf[sink.underscored] = table.underscoreKind ?? table.otherKind;
    for (const [text, state] of states) this.#kindOf[state] = kindIn(table, text);
    const goOn = (state: number, leaves: number, text: string | null) => {
      for (const [kind, character] of characters) {
        const left = character === "_" && table.underscoreKind !== null ? sink.underscored : leaves;
        const to = text === null ? left : (states.get(text + character) ?? left);
        this.#next[state * CLASSES + kind] = to * CLASSES;
      }
    };
    for (const state of Object.values(sink)) goOn(state, state, null);
    for (const [text, state] of states) goOn(state, beginsLike(table, text) ? sink.prefixed : sink.other, text);
  }

  /** Reads the token at `from` (RFC 9110 section 5.6.2): returns the index behind it, `from` where there is none. */
  read(bytes: Uint8Array, from: number): number {
    const classOf = this.#classOf;
    const next = this.#next;
    let at = from;
    let state = this.#start;
    for (let kind = classOf[bytes[at]!]!; kind > 0; kind = classOf[bytes[++at]!]!) state = next[state + kind]!;
    this.kind = this.#kindOf[state / CLASSES]!;
    return at;
  }
}

/** Fills in the class of every byte of tokens, both cases alike; returns a character of each class. */
function classify(names: readonly string[], classOf: Uint8Array): ReadonlyMap<number, string> {
  const characters = [OTHERS, ...new Set(["_", ...names.join("")])];
  if (characters.length >= CLASSES) throw new Error(`names are made of ${characters.length} characters: too many`);
  for (let byte = 0; byte < classOf.length; byte++) {
    if (isToken[byte] !== 1) continue;
    classOf[byte] = 1 + Math.max(0, characters.indexOf(String.fromCharCode(byte).toLowerCase()));
  }
  return new Map(characters.map((character, i) => [1 + i, character]));
}

/** A state for each text that a name begins with, the empty one first. */
function stateNumbers(names: readonly string[]): ReadonlyMap<string, number> {
  const texts = new Set([""]);
  for (const name of names) for (let end = 1; end <= name.length; end++) texts.add(name.slice(0, end));
  return new Map([...texts].map((text, i) => [text, SINKS + i]));
}

function kindIn(table: NameTable, name: string): number {
  return table.kinds.get(name) ?? (beginsLike(table, name) ? table.prefixKind : table.otherKind);
}

function beginsLike({ prefixes }: NameTable, name: string): boolean {
  return prefixes.some((prefix) => name.startsWith(prefix));
}
