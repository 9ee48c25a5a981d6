/** The logs of a thread that serves: it makes the lines, and the process's logs write them. */
import { systemClock } from "../../core/clock.ts";
import { AccessLog } from "../../metrics/access-log.ts";
import { AuditLog } from "../../metrics/audit.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import { type EventName, type EventSink, eventLinesPerSecond } from "../../metrics/events.ts";
import { LineBudget } from "../../metrics/line-budget.ts";
import { LineWriter, type WriteCall } from "../../metrics/line-writer.ts";
import type { ThreadLine } from "../../router/threads/pool-in-thread.ts";
import type { LogSinks } from "./reporting.ts";
import type { ThreadStreams, ThreadWord } from "./thread-words.ts";

export class ThreadLogs implements LogSinks {
  readonly events: EventSink;
  readonly access: AccessLog | null;
  readonly audit: AuditLog | null;
  readonly #part: number;
  readonly #line: ThreadLine;
  readonly #writer: LineWriter;
  readonly #budget: LineBudget<EventName>;

  constructor(part: number, streams: ThreadStreams, line: ThreadLine, metrics: EdgeMetrics) {
    this.#part = part;
    this.#line = line;
    const dropped = (lines: number) => metrics.increment("log_lines_dropped_total", lines, "access");
    this.#writer = new LineWriter(elsewhere, dropped, (...call) => this.#hand(...call));
    this.access = streams.access ? new AccessLog(this.#writer) : null;
    this.audit = streams.audit ? this.#auditLog() : null;
    this.events = { emit: (event, fields = {}) => this.#emit(event, fields) };
    this.#budget = new LineBudget(eventLinesPerSecond, systemClock, (event, lines) =>
      this.#say({ of: "eventSuppressed", event, lines }),
    );
  }

  /** Hands over what is left. */
  async close(): Promise<void> {
    this.#budget.settle();
    this.audit?.close();
    await this.#writer.close();
  }

  #auditLog(): AuditLog {
    return new AuditLog(systemClock, {
      line: (code, line) => this.#say({ of: "audit", code, line }),
      suppressed: (code, lines) => this.#say({ of: "auditSuppressed", code, lines }),
    });
  }

  /** As `fs.write`: one batch is on its way at a time, and what comes meanwhile waits here, within the writer's bound. */
  #hand(...[, buffer, offset, length, , done]: Parameters<WriteCall>): void {
    const bytes = Uint8Array.prototype.slice.call(buffer, offset, offset + length);
    const taken = () => done(null, length);
    this.#line.askBriefly("lines", { stream: "access", bytes }, taken, (cause) => done(cause, 0));
  }

  #emit(event: EventName, fields: Readonly<Record<string, unknown>>): void {
    if (this.#budget.take(event)) this.#say({ of: "event", event, fields: { thread: this.#part, ...fields } });
  }

  #say(what: ThreadWord): void {
    this.#line.tell({ kind: "say", what });
  }
}

/** Nothing is opened here. */
const elsewhere = { open: () => ({ fd: -1, close: () => {} }) };
