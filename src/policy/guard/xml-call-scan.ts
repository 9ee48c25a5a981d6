import { compileNames, endsName, isBlank, NAME_START, nameStep } from "./xml-names.ts";

const BEFORE = 0;
const OUTSIDE = 1;
const NAME = 2;
const NO_XML = 3;

const LESS = 0x3c;
const COLON = 0x3a;

const CALL = 1;
const PARAMS = 2;
const VALUE = 4;

const certain = ["methodName", "!ENTITY"];
const values = [
  ...["value", "name", "string", "int", "i1", "i2", "i4", "i8", "biginteger", "boolean", "double", "float", "nil"],
  ...["bigdecimal", "base64", "dateTime.iso8601", "array", "struct"],
];
const names = compileNames([...certain, "params", ...values]);
/** By accepted name: what it makes of the document. */
const meanings = [0, ...certain.map(() => CALL), PARAMS, ...values.map(() => VALUE)];

/**
 * Whether a document could be a call to `xmlrpc.client`, whatever else it is; a body that does not begin with `<` is no
 * document.
 *
 * It may say yes to what is none, as it takes no notice of comments, CDATA and quotes, but never no to a call:
 *
 * - The unmarshaller returns something only when an element `methodName` or `params` has ended, at any place, with any
 *   prefix before its last `:`; with `params` alone, the method is none and the `object` service still opens the
 *   database that the first value names. So without `methodName`, and without `params` beside some element that makes
 *   a value, there is no call.
 * - The name stands in the bytes behind `<`, but for an entity's text, and an entity that can be used needs a literal
 *   `<!ENTITY` (external subsets are not loaded).
 * - expat takes 8-bit encodings only where they agree with ASCII on markup and letters, and UTF-16, in which NUL
 *   follows `<` in every end tag, whatever its name.
 */
export class CallScan {
  #state = BEFORE;
  #name = NAME_START;
  #seen = 0;

  /** Whether what was fed may be a call, or the beginning of one. */
  get mayBeCall(): boolean {
    return (this.#seen & CALL) !== 0 || this.#seen === (PARAMS | VALUE);
  }

  /** Whether what was fed is no document, however it goes on. */
  get isNoDocument(): boolean {
    return this.#state === NO_XML;
  }

  /** Takes `bytes[from, to)`. */
  feed(bytes: Uint8Array, from: number, to: number): void {
    let state = this.#state;
    let name = this.#name;
    for (let i = from; i < to && state !== NO_XML; i++) {
      if (state === OUTSIDE) while (i < to - 1 && bytes[i] !== LESS) i++;
      const byte = bytes[i]!;
      if (byte === LESS || (byte === COLON && state === NAME)) {
        state = NAME;
        name = NAME_START;
      } else if (state === NAME) {
        if (endsName[byte] === 1) {
          this.#seen |= meanings[names.accepts[name]!]!;
          state = OUTSIDE;
        } else if (byte === 0 && name === NAME_START) this.#seen |= CALL;
        else name = nameStep(names, name, byte);
      } else if (state === BEFORE && !mayPrecede(byte)) state = NO_XML;
    }
    this.#state = state;
    this.#name = name;
  }
}

/** Bytes that may stand before the first `<`: blanks, byte order marks, and NUL of UTF-16. */
function mayPrecede(byte: number): boolean {
  return isBlank(byte) || byte === 0 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte >= 0xfe;
}
