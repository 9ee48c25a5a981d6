import { isIP } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";
import type { Scanned } from "./scanned.ts";

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const LABEL_LENGTH_MAX = 63;
const HOSTNAME_LENGTH_MAX = 253;
// The WHATWG URL parser reads a host whose last label looks like this as an IPv4 address.
const NUMERIC = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/** A tenant's hostname in canonical form: lower case, punycode, at least two labels (RFC 1123, RFC 5891). */
export function scanHostname(text: string): Scanned<string> {
  const scanned = scanDnsName(text);
  if ("fault" in scanned || scanned.value.includes(".")) return scanned;
  return { fault: "must have at least two labels", hint: "write the whole hostname, as in acme.example.com" };
}

/** Any hostname in canonical form; one label is enough. */
export function scanDnsName(text: string): Scanned<string> {
  if (isIP(text.replace(/^\[|\]$/g, "")) !== 0) return { fault: "must be a hostname, not an IP address" };
  if (/:[0-9]*$/.test(text)) return { fault: "must not have a port", hint: "ports belong to the Edge's listeners" };
  if (text.endsWith(".")) return { fault: "must not end with a dot" };
  if (text.includes("_")) return { fault: "must not hold an underscore", hint: "use a hyphen" };
  const host = isAscii(text) ? text.toLowerCase() : domainToASCII(text);
  const labels = host.split(".");
  const long = labels.find((label) => label.length > LABEL_LENGTH_MAX);
  if (long !== undefined)
    return { fault: `must have labels of at most ${LABEL_LENGTH_MAX} characters, found ${long.length}` };
  if (host.length > HOSTNAME_LENGTH_MAX)
    return { fault: `must be at most ${HOSTNAME_LENGTH_MAX} characters, found ${host.length}` };
  if (!labels.every((label) => LABEL.test(label))) {
    return { fault: "must be labels of letters, digits and inner hyphens with a dot between them" };
  }
  if (!labels.every(isPunycode)) return { fault: "must hold valid punycode behind `xn--`" };
  if (NUMERIC.test(labels.at(-1)!))
    return { fault: "must not end in a number: clients would read it as an IP address" };
  return { value: host };
}

/** The hostname without one leading `www.`, which Odoo does not tell apart. */
export function foldWww(hostname: string): string {
  return hostname.startsWith("www.") ? hostname.slice("www.".length) : hostname;
}

function isAscii(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text);
}

/** Whether a label is none of punycode's, or decodes and encodes back to itself. */
function isPunycode(label: string): boolean {
  if (!label.startsWith("xn--")) return true;
  const decoded = domainToUnicode(label);
  return decoded !== label && domainToASCII(decoded) === label;
}
