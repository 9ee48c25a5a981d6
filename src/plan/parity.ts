/**
 * How each behaviour of the edge stands in production, as one table. The emitter's report, the reference page and the
 * parity run are made from it: the run explains every difference that it sees by a row, and fails for one that it cannot
 * explain, and for a row that it did not see.
 */
import type { AnswerCode } from "../core/answers.ts";
import { guardRows } from "./parity/guard-rows.ts";
import { requestRows } from "./parity/request-rows.ts";
import { responseRows } from "./parity/response-rows.ts";
import { trafficRows } from "./parity/traffic-rows.ts";
import type { GuardMode, ParityRow } from "./parity/types.ts";
import type { Plan } from "./types.ts";

/** All rows, in the order of a request's life. */
export const parityRows = [...requestRows, ...trafficRows, ...guardRows, ...responseRows] as const;

export type RowId = (typeof parityRows)[number]["id"];

/** The row that says how production gives each answer of the edge: an answer without a row does not compile. */
export const answerRows: Readonly<Record<AnswerCode, RowId>> = {
  malformed_request: "head-grammar",
  ambiguous_framing: "head-refusals",
  repeated_field: "head-repeated",
  underscore_field: "identity-underscore",
  protected_field: "head-nominated",
  unknown_method: "head-refusals",
  method_refused: "methods",
  expectation_failed: "expectation",
  version_unsupported: "head-version",
  head_too_large: "head-limits",
  transfer_coding_unsupported: "head-refusals",
  head_timeout: "head-timeout",
  bad_target: "target-form",
  asterisk_target: "target-asterisk",
  bad_path: "path-refused",
  bad_host: "host-grammar",
  unknown_host: "host-unknown",
  repeated_session: "identity-session",
  session_in_query: "identity-session-query",
  alias_redirect: "outcome-alias",
  door_closed: "route-doors",
  rpc_off: "outcome-rpc-off",
  maintenance: "outcome-state",
  suspended: "outcome-state",
  overloaded: "overload",
  access_denied: "access-lists",
  rate_limited: "rate-limits",
  limits_unavailable: "rate-store",
  body_too_large: "body-size",
  body_timeout: "body-time",
  malformed_body: "body-grammar",
  content_encoding_unsupported: "body-coding",
  body_storage: "body-budget",
  guard_refused: "guard-query",
  login_delayed: "failed-logins",
  login_blocked: "failed-logins",
  origin_refused: "realtime-origin",
  sockets_exhausted: "realtime-caps",
  queue_full: "concurrency",
  queue_timeout: "concurrency",
  no_healthy_upstream: "forward-failure",
  connect_failure: "forward-failure",
  upstream_reset: "forward-failure",
  upstream_timeout: "forward-timeout",
  malformed_response: "response-framing",
  binding_lost: "response-selector",
  response_cut: "response-cut",
  response_timeout: "response-cut",
  client_gone: "finish-record",
  client_stalled: "response-slow-client",
  drained: "finish-record",
  internal: "finish-record",
};

/** What production cannot do of what a catalog says. */
export interface LostRow {
  readonly id: RowId;
  readonly behaviour: string;
  /** What covers it instead, or what to do. */
  readonly cover: string;
  /** What of the catalog is concerned. */
  readonly where: string;
}

/** The rows that hold for `plan`, with its guard in production. */
export function rowsFor(plan: Plan): ParityRow[] {
  const mode = plan.edge.productionGuard;
  return parityRows.filter((row: ParityRow) => holdsIn(row, mode) && concerned(row, plan) !== "");
}

/** What is lost of `plan` in production; empty when nothing is. */
export function lostRows(plan: Plan): LostRow[] {
  return rowsFor(plan)
    .filter((row) => row.class === "lost")
    .map((row) => ({ id: row.id as RowId, behaviour: row.behaviour, cover: row.what, where: concerned(row, plan) }));
}

function holdsIn({ modes }: ParityRow, mode: GuardMode): boolean {
  return modes === "all" || modes.includes(mode);
}

function concerned({ concerns }: ParityRow, plan: Plan): string {
  return concerns === null ? "every tenant" : concerns(plan);
}

const classMeanings = [
  [
    "same",
    "production does this: what reaches a worker, and whether, is the same; the words of a refusal may be Envoy's",
  ],
  ["stricter", "the Node edge refuses more; harmless"],
  ["wider", "the Node edge admits more than production does"],
  ["lost", "production does not do this; the last column says what covers it, or what to do"],
] as const;

/** The table as a page of Markdown. */
export function renderParity(): string {
  const lines = parityRows.map(
    (row: ParityRow) =>
      `| ${row.section} | ${row.id} | ${row.behaviour} | ${row.modes === "all" ? "all" : row.modes.join(", ")} | ${row.class} | ${row.what} |`,
  );
  return [
    "# Parity with production",
    "",
    "One row for each behaviour of the edge: how Envoy, with the emitted manifests, does the same. Rows that differ by who",
    "judges bodies in production name the `productionGuard` for which they hold.",
    "",
    "| class | meaning |",
    "|---|---|",
    ...classMeanings.map(([name, meaning]) => `| ${name} | ${meaning} |`),
    "",
    "`npm run parity` sends the same requests to both edges and holds this table against what they do.",
    "",
    "| section | id | behaviour | guard | class | in production |",
    "|---|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}
