import { STATUS_CODES } from "node:http";

/** Reason phrase of a status (RFC 9110 section 15), empty for one that has none. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? "";
}
