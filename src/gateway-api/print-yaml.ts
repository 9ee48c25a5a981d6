/** Longest key as printed: YAML 1.2, 7.4.2. Those of Kubernetes end at 317. */
const KEY_LENGTH_MAX = 1_024;

/**
 * Texts that no reader takes for anything else: words, and paths or names of words joined by `/`, `.`, `_`, `-`.
 * Whatever starts with a digit, a sign or a dot may be a number, a date or a time of day to YAML 1.1.
 */
const WORD = /^[A-Za-z/][A-Za-z0-9_./-]*$/;
/** Durations of Gateway API and quantities of Kubernetes: the unit makes them text for every reader. */
const AMOUNT = /^(?:(?:\d{1,9}(?:h|ms|m|s)){1,4}|\d{1,15}(?:Ki|Mi|Gi))$/;
/** Words that YAML 1.1 or 1.2 reads as booleans or null, in any case, and numbers without digits before their exponent. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|e\d+)$/i;
/** Printable to JSON but not to YAML (1.2, 5.1), or a line break to YAML 1.1. */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Plain JSON data as one YAML document in block style, two spaces a level, one value a line however long it is; ends with
 * a newline. Readers of YAML 1.1 (kubectl, Go) and 1.2 get the very same data. Fields that are `undefined` are left
 * out, as JSON does. Throws on what is no JSON, which is a bug of the caller.
 */
export function printYaml(value: unknown): string {
  return `${block(value, "")}\n`;
}

/** Lines of a value; the first is placed by the caller, the others start with `pad`. */
function block(value: unknown, pad: string): string {
  if (typeof value !== "object" || value === null) return scalar(value);
  if (!Object.isFrozen(value)) return lines(value, pad);
  const printed = printedOnce.get(value) ?? new Map<string, string>();
  printedOnce.set(value, printed);
  const before = printed.get(pad);
  if (before !== undefined) return before;
  const text = lines(value, pad);
  printed.set(pad, text);
  return text;
}

/** Frozen objects stand in many documents, as the rules that all tenants share: their text, by indentation. */
const printedOnce = new WeakMap<object, Map<string, string>>();

function lines(value: object, pad: string): string {
  return Array.isArray(value) ? sequence(value, pad) : mapping(value as Readonly<Record<string, unknown>>, pad);
}

function sequence(items: readonly unknown[], pad: string): string {
  const inner = `${pad}  `;
  let out = "";
  for (const item of items) out += `${out === "" ? "- " : `\n${pad}- `}${block(item, inner)}`;
  return out === "" ? "[]" : out;
}

function mapping(fields: Readonly<Record<string, unknown>>, pad: string): string {
  const inner = `${pad}  `;
  let out = "";
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    const text = block(value, inner);
    const isNested = typeof value === "object" && value !== null && text !== "{}" && text !== "[]";
    out += `${out === "" ? "" : `\n${pad}`}${keyText(key)}:${isNested ? `\n${inner}` : " "}${text}`;
  }
  return out === "" ? "{}" : out;
}

function keyText(key: string): string {
  const printed = text(key);
  if (printed.length > KEY_LENGTH_MAX)
    throw new Error(`a key of ${printed.length} characters is over ${KEY_LENGTH_MAX}`);
  return printed;
}

function scalar(value: unknown): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean" || value === null) return String(value);
  throw new Error(`a ${typeof value} is no JSON`);
}

function text(value: string): string {
  if (WORD.test(value) ? !RESERVED.test(value) : AMOUNT.test(value)) return value;
  return JSON.stringify(value).replace(UNPRINTABLE, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** YAML 1.1 reads an exponent only behind a fraction and with its sign. */
function number(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no JSON`);
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}
