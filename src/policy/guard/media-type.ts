/**
 * The media type of a Content-Type, lower case, as generously as any Werkzeug reads it: from the first character that
 * may be blank to no Python (bytes over 0x7f are to some) up to the next that no type has (older ones end it at a comma
 * or a space, newer ones at a semicolon only).
 */
import { unitAt } from "../../core/unit-at.ts";
export function mediaType(contentType: string): string {
  let start = 0;
  while (start < contentType.length && isBlank(unitAt(contentType, start))) start++;
  let end = start;
  while (end < contentType.length && isTypeChar(unitAt(contentType, end))) end++;
  return contentType.slice(start, end).toLowerCase();
}

/** Anything but printable ASCII. */
function isBlank(code: number): boolean {
  return code <= 0x20 || code >= 0x7f;
}

/** Printable ASCII but `,` and `;`. */
function isTypeChar(code: number): boolean {
  return !isBlank(code) && code !== 44 && code !== 59;
}

/** Types that a worker answers as JSON-RPC. */
export const jsonTypes: ReadonlySet<string> = new Set(["application/json", "application/json-rpc"]);

/** Types that a worker reads as an encoded form; the second until Werkzeug 2.3. */
export const formTypes: ReadonlySet<string> = new Set([
  "application/x-www-form-urlencoded",
  "application/x-url-encoded",
]);

export const MULTIPART_FORM = "multipart/form-data";
