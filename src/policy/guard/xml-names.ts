/**
 * A set of names as a table that is walked byte by byte, so that a name may be split over chunks and nothing is kept
 * of one that is unknown.
 *
 * Hot: `next` and `accepts` are read in place.
 */
export interface NameTable {
  /** The state behind a byte, at `state << 7 | byte`; bytes over 0x7f lead to `NO_NAME`. */
  readonly next: Uint8Array;
  /** By state: 1 and up for the name, in the order given, that is complete here; 0 for none. */
  readonly accepts: Uint8Array;
}

/** The state of what is no name of the table, whatever follows. */
export const NO_NAME = 0;
/** The state in front of a name. */
export const NAME_START = 1;

/** Compiles names, ASCII and together under 254 bytes, to a table. */
export function compileNames(names: readonly string[]): NameTable {
  const next = new Uint8Array(256 << 7);
  const accepts = new Uint8Array(256);
  let states = NAME_START + 1;
  for (const [index, name] of names.entries()) {
    let state = NAME_START;
    for (const byte of Buffer.from(name, "latin1")) {
      const edge = (state << 7) | byte;
      if (next[edge] === NO_NAME) {
        if (states === 256) throw new Error("too many names for one table");
        next[edge] = states++;
      }
      state = next[edge]!;
    }
    accepts[state] = index + 1;
  }
  return { next, accepts };
}

/** The state behind `byte`. */
export function nameStep(table: NameTable, state: number, byte: number): number {
  return byte < 0x80 ? table.next[(state << 7) | byte]! : NO_NAME;
}

/** By byte: 1 where it ends the name of a tag. */
export const endsName = new Uint8Array(256);
for (const char of " \t\r\n/>") endsName[char.charCodeAt(0)] = 1;

/** White space of XML. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
