/** What the tables of features are written with. */
import type { RowId } from "../../../src/plan/parity.ts";
import { type CaseOptions, type ParityCase, rawCase, type Where } from "../support/case.ts";

export const ACME = "acme.example.com";

export const json = "Content-Type: application/json";

export const form = "Content-Type: application/x-www-form-urlencoded";

export const upgrade = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

export const session = "Cookie: session_id=abc";

/** What a request is about, in words, its bytes, and how it is sent. */
export type Row = readonly [
  rows: RowId | readonly RowId[],
  name: string,
  bytes: string | readonly string[],
  options?: CaseOptions,
];

/** The cases of a table, where nothing else is said in the variants of `where`. */
export function casesOf(rows: readonly Row[], where: Where): ParityCase[] {
  return rows.map(([about, name, bytes, options]) =>
    rawCase(`${[about].flat().join(" ")}: ${name}`, typeof bytes === "string" ? [bytes] : bytes, {
      where,
      ...options,
      rows: [about].flat() as RowId[],
    }),
  );
}
