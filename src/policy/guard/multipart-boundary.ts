import { MULTIPART_FORM } from "./media-type.ts";

/** Longest boundary (RFC 2046 section 5.1.1). */
const BOUNDARY_BYTES_MAX = 70;

/** One parameter: a token of what every Werkzeug takes for one, and as a value that or a quoted text without escapes. */
const PARAMETER =
  /[ \t]*;[ \t]*([A-Za-z0-9!#$&+.^_`|~-]+)=(?:([A-Za-z0-9!#$&'+.^_`|~-]+)|"([^"\\%\x00-\x1f\x7f-\uffff]+)")/y;

/**
 * The boundary that every Werkzeug reads from this Content-Type of a multipart form, or empty when they could differ:
 * no boundary or two, one that is too long, continuations, anything that is no plain `name=value`.
 */
export function boundaryOf(contentType: string): string {
  let at = MULTIPART_FORM.length;
  let boundary = "";
  while (at < contentType.length) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(contentType);
    if (found === null) return "";
    const [all, name, token, quoted = ""] = found;
    at += all.length;
    if (name!.toLowerCase() !== "boundary") continue;
    if (boundary !== "") return "";
    boundary = token ?? quoted;
    if (boundary.length > BOUNDARY_BYTES_MAX || boundary.endsWith(" ")) return "";
  }
  return boundary;
}
