/**
 * The media type of a Content-Type, lower case, as generously as any Werkzeug reads it: up to the first character that
 * no type has (older ones end it at a comma or a space, newer ones at a semicolon only).
 */
export function mediaType(contentType: string): string {
  let end = 0;
  while (end < contentType.length && isTypeChar(contentType.charCodeAt(end))) end++;
  return contentType.slice(0, end).toLowerCase();
}

/** Printable ASCII but `,` and `;`. */
function isTypeChar(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== 44 && code !== 59;
}

/** Types that a worker answers as JSON-RPC. */
export const jsonTypes: ReadonlySet<string> = new Set(["application/json", "application/json-rpc"]);

/** Types that a worker reads as an encoded form; the second until Werkzeug 2.3. */
export const formTypes: ReadonlySet<string> = new Set([
  "application/x-www-form-urlencoded",
  "application/x-url-encoded",
]);

export const MULTIPART_FORM = "multipart/form-data";
