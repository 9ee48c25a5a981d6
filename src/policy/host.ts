/**
 * Hostnames: one grammar for the Host field, the authority of a target, an Origin and the catalog.
 *
 * Hot: once per request. Walks char codes; allocates only when there is something to cut or to lower. Never through
 * `URL`: its parser maps some twenty malformed forms to a real tenant's name.
 */
import { unitAt } from "../core/unit-at.ts";

const HOSTNAME_MAX = 253;
const LABEL_MAX = 63;
const PORT_MAX = 65535;
const PORT_DIGITS_MAX = 5;

const DOT = 46;
const HYPHEN = 45;

/**
 * The lower-cased ASCII hostname in `value`, without port and without one trailing dot; empty when it is refused.
 *
 * Accepts labels of 1 to 63 letters, digits and inner hyphens, 253 in all (RFC 1123 section 2.1), and a port of 0 to 5
 * digits up to 65535, so `acme:` is fine (RFC 3986 section 3.2.3). Refuses a hostname whose last label is a number,
 * which URL parsers read as an IPv4 address, and everything else: white space, userinfo, brackets, escapes, non-ASCII.
 */
export function canonicalHost(value: string): string {
  const colon = value.indexOf(":");
  let end = colon < 0 ? value.length : colon;
  if (colon >= 0 && !isPort(value, colon + 1)) return "";
  if (end > 0 && unitAt(value, end - 1) === DOT) end--;
  const kind = end <= HOSTNAME_MAX ? readLabels(value, end) : "refused";
  if (kind === "refused") return "";
  const host = end === value.length ? value : value.slice(0, end);
  return kind === "lower" ? host : host.toLowerCase();
}

/** Whether everything from `from` on is a port: no digit at all, or up to five and in range. */
function isPort(value: string, from: number): boolean {
  if (value.length - from > PORT_DIGITS_MAX) return false;
  let port = 0;
  for (let i = from; i < value.length; i++) {
    const digit = unitAt(value, i) - 48;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= PORT_MAX;
}

/** Reads dot-separated labels up to `end`; `mixed` when a letter is a capital. */
function readLabels(value: string, end: number): "lower" | "mixed" | "refused" {
  let capitals = false;
  let labelStart = 0;
  for (let i = 0; i <= end; i++) {
    const code = i === end ? DOT : unitAt(value, i);
    if (code === DOT) {
      if (!isLabel(value, labelStart, i)) return "refused";
      if (i < end) labelStart = i + 1;
    } else if (code >= 65 && code <= 90) {
      capitals = true;
    } else if (!(code >= 97 && code <= 122) && !(code >= 48 && code <= 57) && code !== HYPHEN) {
      return "refused";
    }
  }
  if (isNumber(value, labelStart, end)) return "refused";
  return capitals ? "mixed" : "lower";
}

function isLabel(value: string, start: number, end: number): boolean {
  const length = end - start;
  return length > 0 && length <= LABEL_MAX && unitAt(value, start) !== HYPHEN && unitAt(value, end - 1) !== HYPHEN;
}

/** Decimal or `0x` hexadecimal, the forms that the WHATWG URL parser takes for IPv4 in a last label. */
function isNumber(value: string, start: number, end: number): boolean {
  const first = unitAt(value, start);
  if (first < 48 || first > 57) return false;
  const hexadecimal = first === 48 && end - start >= 2 && (unitAt(value, start + 1) | 32) === 120;
  for (let i = hexadecimal ? start + 2 : start; i < end; i++) {
    const code = unitAt(value, i);
    const letter = code | 32;
    if (!(code >= 48 && code <= 57) && !(hexadecimal && letter >= 97 && letter <= 102)) return false;
  }
  return true;
}
