import { compileNames, isBlank, NAME_START, nameStep } from "./xml-names.ts";

const BEFORE = 0;
const OUTSIDE = 1;
const NAME = 2;
const NO_XML = 3;

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
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
    let i = from;
    while (i < to) {
      if (this.#state === NO_XML) return;
      if (this.#state === OUTSIDE) while (i < to && bytes[i] !== LESS) i++;
      if (i < to) this.#step(bytes[i++]!);
    }
  }

  #step(byte: number): void {
    if (byte === LESS) this.#startName();
    else if (this.#state === BEFORE) this.#state = mayPrecede(byte) ? BEFORE : NO_XML;
    else if (byte === GREATER || byte === SLASH || isBlank(byte)) this.#endName();
    else if (byte === COLON) this.#startName();
    else if (byte === 0 && this.#name === NAME_START) this.#seen |= CALL;
    else this.#name = nameStep(names, this.#name, byte);
  }

  #startName(): void {
    this.#state = NAME;
    this.#name = NAME_START;
  }

  #endName(): void {
    this.#seen |= meanings[names.accepts[this.#name]!]!;
    this.#state = OUTSIDE;
  }
}

/** Bytes that may stand before the first `<`: blanks, byte order marks, and NUL of UTF-16. */
function mayPrecede(byte: number): boolean {
  return isBlank(byte) || byte === 0 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte >= 0xfe;
}
