/** Which row of the table of parity explains a difference. What no row explains is a failure. */

import type { AnswerCode } from "../../../src/core/answers.ts";
import type { ParityClass, ParityRow } from "../../../src/plan/parity/types.ts";
import { answerRows, type RowId } from "../../../src/plan/parity.ts";
import type { ParityCase } from "./case.ts";
import type { Difference } from "./differences.ts";
import type { SeenByBoth } from "./lane.ts";

/** A difference with all that is known of it. */
export interface Context {
  readonly difference: Difference;
  readonly seen: SeenByBoth;
  readonly item: ParityCase;
  /** Bytes of the request. */
  readonly bytes: string;
}

/** Kinds of difference that a row of each class may explain. */
const explainable: Readonly<Record<ParityClass, ReadonlySet<Difference["kind"]>>> = {
  same: new Set(["status", "body", "fields"]),
  stricter: new Set(["forwarded", "status", "body", "fields"]),
  wider: new Set(["refused", "status", "body", "fields"]),
  lost: new Set(["forwarded", "refused", "request", "status", "body", "fields"]),
};

type Claim = (context: Context) => boolean;

const finalOf = ({ seen, difference }: Context) => seen.envoy.responses.finals[difference.answer];
const statusOf = (context: Context) => finalOf(context)?.status ?? 0;
const bodyOf = (context: Context) => finalOf(context)?.body ?? "";
/** The words of an answer to HEAD are not sent. */
const says = (context: Context, words: string) =>
  context.item.sent.method === "HEAD" || bodyOf(context).includes(words);
const byRbac = (context: Context) => statusOf(context) === 403 && says(context, "RBAC: access denied");
const answered = ({ seen }: Context) => seen.node.arrivals.length === 0 && seen.envoy.arrivals.length === 0;
const relayed = ({ seen }: Context) => seen.node.arrivals.length > 0 && seen.envoy.arrivals.length > 0;
const field =
  (name: string): Claim =>
  ({ difference: { kind, what } }) =>
    kind === "fields" && what === name;
const isRequest =
  (name: string): Claim =>
  ({ difference: { kind, what } }) =>
    kind === "request" && what === name;

const forwarded: Claim = ({ difference }) => difference.kind === "forwarded";
const refused: Claim = ({ difference }) => difference.kind === "refused";
const withCode =
  (code: AnswerCode): Claim =>
  ({ seen }) =>
    seen.codes.includes(code);
const requestLine = ({ bytes }: Context) => bytes.slice(0, bytes.search(/\r?\n/));
const inLine =
  (pattern: RegExp): Claim =>
  (context) =>
    pattern.test(requestLine(context));
const inHead =
  (pattern: RegExp): Claim =>
  ({ bytes }) =>
    pattern.test(bytes.split("\r\n\r\n", 1)[0]!);
const hasBody: Claim = ({ bytes }) => bytes.slice(bytes.indexOf("\r\n\r\n") + 4) !== "";
const all =
  (...parts: readonly Claim[]): Claim =>
  (context) =>
    parts.every((part) => part(context));
const isUpgrade = inHead(/^upgrade:/im);

const isHeadFraming: Claim = (context) => field("transfer-encoding")(context) && context.item.sent.method === "HEAD";
const isNewDate: Claim = (context) => field("date")(context) && context.difference.node === "[]";

/** A HEAD gets no words: then its query tells. */
const edgeSays = ({ seen, item, difference, bytes }: Context, words: string): boolean =>
  seen.node.responses.finals[difference.answer]?.body.includes(words) === true ||
  (item.sent.method === "HEAD" && /^[^\r]*[?&;](?:state|RelayState)=/.test(bytes));

/** What a row explains beside the differences of the edge's own answers; the first that fits does. */
const claims: Partial<Record<RowId, Claim>> = {
  "path-backslash": all(forwarded, withCode("bad_path"), inLine(/^[^?]*\\/)),
  "path-refused-removed": all(forwarded, withCode("bad_path"), inLine(/^[^?]*%/)),
  "path-dots-escaped": all(refused, (context) => statusOf(context) === 400, inLine(/^[^?]*%2e[^?]*;/i)),
  "route-state-doors": all(refused, inLine(/(?:google|microsoft)_account\/authentication/)),
  "identity-session-name": all(forwarded, withCode("repeated_session")),
  "target-empty-path": all(refused, inLine(/^[A-Z]+ http:\/\/[^/?]*\?/)),
  "head-length": all(isRequest("content-length"), inHead(/^content-length: *0/im)),
  "identity-proto": all(isRequest("x-forwarded-proto"), inHead(/^x-forwarded-proto:/im)),
  "identity-port": (context) => isRequest("host")(context) || isRequest("x-forwarded-host")(context),
  "identity-trace": isRequest("traceparent"),
  "identity-set-cookie": field("set-cookie"),
  "identity-cookie-lines": isRequest("cookie"),
  "body-coding-empty": all(refused, (context) => statusOf(context) === 415, inHead(/^content-encoding:/im)),
  "realtime-elsewhere": all(refused, isUpgrade, (context) => statusOf(context) === 403 && bodyOf(context) === ""),
  "realtime-origin-spelling": all(refused, byRbac, isUpgrade),
  "rate-fields": (context) => field("ratelimit")(context) || field("ratelimit-policy")(context),
  "guard-query-spelling": all(refused, byRbac, inLine(/\?/)),
  "guard-state": all(forwarded, withCode("guard_refused"), (context) => edgeSays(context, "the state")),
  "guard-bodies": all(forwarded, withCode("guard_refused"), hasBody),
  "guard-rpc-open": all(forwarded, withCode("guard_refused"), hasBody),
  "guard-rpc-closed": all(refused, (context) => says(context, "blocked by the edge")),
  "guard-empty-call": all(refused, (context) => says(context, "no body was shown")),
  "guard-body-size": all(refused, (context) => statusOf(context) === 413),
  // Envoy says how it would frame the answer to a GET, and dates what has no date.
  "response-framing": all(relayed, (context) => isHeadFraming(context) || isNewDate(context)),
  "response-folding": all(field("date"), ({ difference }) => difference.node !== "[]"),
  "realtime-accept": all(withCode("malformed_response"), relayed, isUpgrade),
  "response-grammar": all(withCode("malformed_response"), relayed, (context) => statusOf(context) < 500),
};

/** The row that explains a difference, or null. `rows` are those that hold in the variant. */
export function explain(context: Context, rows: ReadonlyMap<string, ParityRow>): RowId | null {
  const { difference, seen } = context;
  const may = (id: RowId): boolean => {
    const row = rows.get(id);
    return row !== undefined && explainable[row.class].has(difference.kind);
  };
  const code = seen.codes[difference.answer] ?? "";
  const own = code === "" ? null : answerRows[code as AnswerCode];
  // Both answered by themselves: the row of the edge's answer, whatever words Envoy has for it.
  const alike = answered(context) || (relayed(context) && statusOf(context) >= 400);
  if (alike && own !== null && may(own)) return own;
  for (const [id, claim] of Object.entries(claims) as [RowId, Claim][]) {
    if (may(id) && claim(context)) return id;
  }
  // Envoy let through what the edge's own row says that it does.
  const codes = seen.codes.filter((each) => each !== "").map((each) => answerRows[each as AnswerCode]);
  return difference.kind === "forwarded" ? (codes.find(may) ?? null) : null;
}
