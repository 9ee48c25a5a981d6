import type { LoginName } from "./login-name.ts";
import { ShortText } from "./short-text.ts";
import { compileNames, isBlank } from "./xml-names.ts";

/** Types that hold text; `nil` holds nothing. */
const scalars = [
  ...["string", "int", "i1", "i2", "i4", "i8", "biginteger", "boolean", "double", "float", "bigdecimal", "base64"],
  "dateTime.iso8601",
];
const types = [...scalars, "nil", "array", "struct"];
const elements = ["methodCall", "methodName", "params", "param", "value", "data", "member", "name", ...types];

/** The elements of a call; what the table accepts is what `CallGrammar` takes for an element. */
export const elementNames = compileNames(elements);

/** Where the reader stands inside an element: what may follow there, and where it then stands. */
interface Place {
  readonly children: Readonly<Record<string, string>>;
  /** Whether the element may end here. */
  readonly closes: boolean;
}

const places: Readonly<Record<string, Place>> = {
  document: { children: { methodCall: "full" }, closes: false },
  methodCall: { children: { methodName: "named" }, closes: false },
  named: { children: { params: "full" }, closes: true },
  params: { children: { param: "params" }, closes: true },
  param: { children: { value: "full" }, closes: false },
  value: { children: Object.fromEntries(types.map((type) => [type, "full"])), closes: true },
  array: { children: { data: "full" }, closes: false },
  data: { children: { value: "data" }, closes: true },
  struct: { children: { member: "struct" }, closes: true },
  member: { children: { name: "key" }, closes: false },
  key: { children: { value: "full" }, closes: false },
  text: { children: {}, closes: true },
  full: { children: {}, closes: true },
};
const placeNames = Object.keys(places);
const DOCUMENT = placeNames.indexOf("document");
const VALUE = placeNames.indexOf("value");
const TEXT = placeNames.indexOf("text");
const FULL = placeNames.indexOf("full");

const elementId = (name: string) => elements.indexOf(name) + 1;
const METHOD_CALL = elementId("methodCall");
const METHOD_NAME = elementId("methodName");
const VALUE_ELEMENT = elementId("value");
const PARAM = elementId("param");
const STRING = elementId("string");
/** Elements around a parameter's text, without and with its type. */
const VALUE_DEPTH = 4;

/** More elements than one within another: far above what any client nests. */
const DEPTH_MAX = 384;
/** Longer than any method name that the services have, and than any database name. */
const KEPT_BYTES = 64;

const REFUSED = 255;
/** By `place << 5 | element`: the place behind that child. */
const follows = new Uint8Array(placeNames.length << 5).fill(REFUSED);
const closes = Uint8Array.from(Object.values(places), ({ closes }) => Number(closes));
for (const [place, { children }] of Object.values(places).entries()) {
  for (const [child, behind] of Object.entries(children)) {
    follows[(place << 5) | elementId(child)] = placeNames.indexOf(behind);
  }
}
/** By element: the place at its beginning. */
const beginnings = Uint8Array.from(["", ...elements], (name) => {
  if (scalars.includes(name) || name === "methodName" || name === "name") return TEXT;
  return name === "nil" ? FULL : placeNames.indexOf(name);
});

/**
 * The one shape of a call that is taken: `methodCall` of one `methodName` and then at most one `params`, each `param`
 * with one `value` of one type. It reads the method and the first argument as `xmlrpc.client` does.
 *
 * That unmarshaller is a flat stack, which the shape makes harmless: the first value in the document is the first
 * argument, whatever element it stands in, so there must be none but in a `param`. Hot: once per tag and run of text;
 * `open`, `close` and `text` say why they refuse, or nothing.
 */
export class CallGrammar {
  readonly #elements = new Uint8Array(DEPTH_MAX);
  /** Where the parent of each open element goes on. */
  readonly #behind = new Uint8Array(DEPTH_MAX);
  #depth = 0;
  #place = DOCUMENT;
  readonly #method = new ShortText(KEPT_BYTES);
  readonly #first = new ShortText(KEPT_BYTES);
  #firstIs: "missing" | "open" | "string" | "other" = "missing";
  #params = 0;
  /** Takes the second argument when it is a string; null: nobody asks. */
  second: LoginName | null = null;
  /** Where the call starts, in bytes. */
  offset = 0;

  /** An element starts at `offset`; 0 is one that a call does not have. */
  open(element: number, offset: number): string {
    if (element === 0) return "an element that a call does not have, or a prefix";
    const behind = follows[(this.#place << 5) | element]!;
    if (behind === REFUSED) return "an element out of its place";
    if (this.#depth === DEPTH_MAX) return "values are nested too deep";
    if (element === METHOD_CALL) this.offset = offset;
    else if (element === PARAM) this.#openParam();
    else if (this.#firstIs === "open") this.#openFirst(element);
    else if (this.#firstIs === "missing" && element === VALUE_ELEMENT) this.#firstIs = "open";
    this.#elements[this.#depth] = element;
    this.#behind[this.#depth++] = behind;
    this.#place = beginnings[element]!;
    return "";
  }

  /** An element ends. */
  close(element: number): string {
    if (this.#depth === 0 || this.#elements[this.#depth - 1] !== element) return "an end tag without its start";
    if (closes[this.#place] === 0) return "an element that lacks a part";
    if (this.#firstIs === "open") this.#firstIs = "string";
    this.#place = this.#behind[--this.#depth]!;
    return "";
  }

  /** Text between two tags, or a part of it, references decoded. */
  text(bytes: Uint8Array, from: number, to: number): string {
    if (this.#place !== TEXT && !allBlank(bytes, from, to)) {
      if (this.#place !== VALUE) return "text outside of a value";
      // A value with text has no type.
      this.#place = TEXT;
    }
    if (this.#firstIs === "open") this.#first.append(bytes, from, to);
    else if (this.#params === 2 && this.#inSecond) this.second?.append(bytes, from, to);
    else if (this.#depth === 2 && this.#elements[1] === METHOD_NAME) this.#method.append(bytes, from, to);
    return "";
  }

  /** Whether the document is complete. */
  get ended(): boolean {
    return this.#depth === 0 && this.#place === FULL;
  }

  /** The method's name, as far as it can be one of a service. */
  get method(): string {
    return this.#method.text();
  }

  /** What the first argument is, beside the database `bound`. */
  first(bound: string): "bound" | "foreign" | "none" | "other" {
    if (this.#firstIs === "missing") return "none";
    if (this.#firstIs === "other") return "other";
    return this.#first.is(bound) ? "bound" : "foreign";
  }

  #openParam(): void {
    if (++this.#params === 2) this.second?.begin();
  }

  /** Within the text of the second parameter, if that is a string. */
  get #inSecond(): boolean {
    if (this.#depth < VALUE_DEPTH || this.#place !== TEXT) return false;
    if (this.#depth === VALUE_DEPTH) return true;
    return this.#depth === VALUE_DEPTH + 1 && this.#elements[VALUE_DEPTH] === STRING;
  }

  /** The type of the first value: blanks in front of it count for nothing. */
  #openFirst(element: number): void {
    if (element === STRING) this.#first.clear();
    else this.#firstIs = "other";
  }
}

function allBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isBlank(bytes[i]!)) return false;
  return true;
}
