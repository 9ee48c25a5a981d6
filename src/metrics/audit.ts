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

/** What a line of the audit stream is about. */
export type AuditCode = AnswerCode | typeof LOGIN_BLOCK_BEGUN;

/** Where lines of the audit stream go, and counts of those that were left out. */
export interface AuditSink {
  line(code: AuditCode, line: string): void;
  suppressed(code: AuditCode, lines: number): void;
}

/** Lines a second for each code. */
export const auditLinesPerSecond = 20;
const PATH_CHARS_MAX = 512;

/**
 * The audit stream: one JSON line for each request refused for a security reason, and for each block of logins.
 *
 * It holds no query, cookie or body. Each code has its own bound in lines per second; over it a line says how many
 * were left out.
 */
export class AuditLog implements AuditSink {
  readonly #sink: AuditSink;
  readonly #budget: LineBudget<AuditCode>;

  /** The stream of a process, written by `writer`; `suppressed` is told how many lines the bound left out. */
  static to(writer: LineWriter, clock: Clock, suppressed: (lines: number) => void): AuditLog {
    return new AuditLog(clock, {
      line: (_code, line) => writer.write(line),
      suppressed(code, lines) {
        suppressed(lines);
        writer.write(lineOf({ time: timeText(clock.epochMs()), code, suppressed: lines }));
      },
    });
  }

  constructor(clock: Clock, sink: AuditSink) {
    this.#sink = sink;
    this.#budget = new LineBudget(auditLinesPerSecond, clock, (code, lines) => sink.suppressed(code, lines));
  }

  /** Writes the line of a request that is over, if its answer is an audited one, and of the block that it began. */
  finished(record: AccessRecord): void {
    const { code } = record;
    if (record.loginBlock !== "") this.#tell(record, "abuse", LOGIN_BLOCK_BEGUN, record.loginBlock);
    if (code === "") return;
    const concern = auditedCodes[code];
    if (concern !== null) this.#tell(record, concern, code, record.detail);
  }

  /** Takes a line of another thread's. */
  line(code: AuditCode, line: string): void {
    if (this.#budget.take(code)) this.#sink.line(code, line);
  }

  /** Counts lines that another thread left out. */
  suppressed(code: AuditCode, lines: number): void {
    this.#budget.leftOut(code, lines);
  }

  #tell(record: AccessRecord, concern: AuditConcern, code: AuditCode, detail: string): void {
    if (!this.#budget.take(code)) return;
    const fields = {
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
    };
    this.#sink.line(code, lineOf(fields));
  }

  /** Says what the current second left out; before the writer is closed. */
  close(): void {
    this.#budget.settle();
  }
}

function lineOf(fields: Readonly<Record<string, unknown>>): string {
  return `${escapeControls(JSON.stringify(fields))}\n`;
}
