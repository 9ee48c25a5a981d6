import type { AnswerCode } from "../core/answers.ts";
import type { Clock } from "../core/clock.ts";
import { escapeControls, timeText } from "./json-text.ts";
import { LineBudget } from "./line-budget.ts";
import type { LineWriter } from "./line-writer.ts";
import type { AccessRecord } from "./record.ts";

/** What a refusal protects; the `concern` of its line. */
export const auditConcerns = {
  framing: "A request that two parsers could read differently: the means of request smuggling.",
  probing: "A host, path or method that no real client of a tenant asks for.",
  identity: "An ambiguous or foreign session.",
  isolation: "A way to another tenant's database, or a body that cannot be judged.",
  access: "A client that the tenant does not admit.",
  abuse: "A client over its rate.",
} as const;

export type AuditConcern = keyof typeof auditConcerns;

/** Which answers are audited, and as what; null: no refusal, or one that says nothing of an intent. */
export const auditedCodes: Readonly<Record<AnswerCode, AuditConcern | null>> = {
  malformed_request: "framing",
  ambiguous_framing: "framing",
  repeated_field: "framing",
  underscore_field: "framing",
  protected_field: "framing",
  transfer_coding_unsupported: "framing",
  malformed_body: "framing",
  unknown_method: "probing",
  method_refused: "probing",
  bad_target: "probing",
  bad_path: "probing",
  bad_host: "probing",
  unknown_host: "probing",
  repeated_session: "identity",
  session_in_query: "identity",
  origin_refused: "identity",
  door_closed: "isolation",
  rpc_off: "isolation",
  guard_refused: "isolation",
  content_encoding_unsupported: "isolation",
  access_denied: "access",
  rate_limited: "abuse",
  login_delayed: "abuse",
  login_blocked: "abuse",
  // limits, timeouts and capabilities: counted, not audited
  expectation_failed: null,
  version_unsupported: null,
  head_too_large: null,
  head_timeout: null,
  asterisk_target: null,
  body_too_large: null,
  body_timeout: null,
  body_storage: null,
  overloaded: null,
  sockets_exhausted: null,
  queue_full: null,
  queue_timeout: null,
  // what the catalog says of a tenant
  alias_redirect: null,
  maintenance: null,
  suspended: null,
  // the other side, or ourselves
  limits_unavailable: null,
  no_healthy_upstream: null,
  connect_failure: null,
  upstream_reset: null,
  upstream_timeout: null,
  malformed_response: null,
  binding_lost: null,
  response_cut: null,
  response_timeout: null,
  client_gone: null,
  client_stalled: null,
  drained: null,
  internal: null,
};

/** The `code` of a line about a login that failed once too often: it was relayed, and begins a block. */
export const LOGIN_BLOCK_BEGUN = "login_block_begun";

/** Lines a second for each code. */
export const auditLinesPerSecond = 20;
const PATH_CHARS_MAX = 512;

/**
 * The audit stream: one JSON line for each request refused for a security reason, and for each block of logins.
 *
 * It holds no query, cookie or body. Each code has its own bound in lines per second; over it a line says how many
 * were left out.
 */
export class AuditLog {
  readonly #writer: LineWriter;
  readonly #clock: Clock;
  readonly #budget: LineBudget<AnswerCode | typeof LOGIN_BLOCK_BEGUN>;

  /** `suppressed` is told how many lines the bound left out. */
  constructor(writer: LineWriter, clock: Clock, suppressed: (lines: number) => void) {
    this.#writer = writer;
    this.#clock = clock;
    this.#budget = new LineBudget(auditLinesPerSecond, clock, (code, lines) => {
      suppressed(lines);
      this.#line({ time: timeText(this.#clock.epochMs()), code, suppressed: lines });
    });
  }

  /** Writes the line of a request that is over, if its answer is an audited one, and of the block that it began. */
  finished(record: AccessRecord): void {
    const { code } = record;
    if (record.loginBlock !== "") this.#tell(record, "abuse", LOGIN_BLOCK_BEGUN, record.loginBlock);
    if (code === "") return;
    const concern = auditedCodes[code];
    if (concern !== null) this.#tell(record, concern, code, record.detail);
  }

  #tell(
    record: AccessRecord,
    concern: AuditConcern,
    code: AnswerCode | typeof LOGIN_BLOCK_BEGUN,
    detail: string,
  ): void {
    if (!this.#budget.take(code)) return;
    this.#line({
      time: timeText(record.startEpochMs),
      concern,
      code,
      detail,
      status: record.status,
      request_id: record.requestId,
      client: record.clientAddress,
      method: record.method.slice(0, PATH_CHARS_MAX),
      host: record.host,
      path: record.path.slice(0, PATH_CHARS_MAX),
      tenant: record.tenant,
      pool: record.pool,
      rule: record.rule,
    });
  }

  /** Says what the current second left out; before the writer is closed. */
  close(): void {
    this.#budget.settle();
  }

  #line(fields: Readonly<Record<string, unknown>>): void {
    this.#writer.write(`${escapeControls(JSON.stringify(fields))}\n`);
  }
}
