/** The process's three streams of lines, opened as the command line says. */
import { resolve } from "node:path";
import { systemClock } from "../../core/clock.ts";
import { AccessLog } from "../../metrics/access-log.ts";
import { AuditLog } from "../../metrics/audit.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import { type EventLevel, EventLog } from "../../metrics/events.ts";
import { LineWriter } from "../../metrics/line-writer.ts";
import type { LogTarget } from "../../metrics/log-target.ts";
import { CommandError, messageOf } from "../command-error.ts";

type Stream = "access" | "audit" | "events";

/** Where lines go. Events always go to standard error. */
export interface LogOptions {
  readonly access: LogTarget | "off";
  readonly audit: LogTarget | "off";
  readonly level: EventLevel;
}

export class Logs {
  readonly events: EventLog;
  readonly access: AccessLog | null;
  readonly audit: AuditLog | null;
  readonly #metrics: EdgeMetrics;
  /** By target: streams that share one must share its writer, or their lines would be torn. */
  readonly #writers = new Map<string, LineWriter>();
  readonly #files: LineWriter[] = [];

  /** Throws a `CommandError` for a file that cannot be opened. */
  constructor(options: LogOptions, metrics: EdgeMetrics) {
    this.#metrics = metrics;
    const suppressed = (stream: "audit" | "events") => (lines: number) =>
      metrics.increment("log_lines_suppressed_total", lines, stream);
    this.events = new EventLog(this.#open("events", "stderr"), systemClock, suppressed("events"), options.level);
    this.access = options.access === "off" ? null : new AccessLog(this.#open("access", options.access));
    this.audit =
      options.audit === "off"
        ? null
        : AuditLog.to(this.#open("audit", options.audit), systemClock, suppressed("audit"));
  }

  /** Opens the files anew, after they were renamed. One that cannot be opened stays as it is. */
  reopen(): void {
    if (this.#files.length === 0) return;
    try {
      for (const writer of this.#files) writer.reopen();
      this.events.emit("log_reopened");
    } catch (cause) {
      this.events.emit("log_reopen_failed", { reason: messageOf(cause) });
    }
  }

  /** Writes what is left, for a second at most. */
  async close(): Promise<void> {
    this.events.close();
    this.audit?.close();
    await Promise.all([...this.#writers.values()].map((writer) => writer.close()));
  }

  #open(stream: Stream, target: LogTarget): LineWriter {
    const key = typeof target === "string" ? target : resolve(target.path);
    const shared = this.#writers.get(key);
    if (shared !== undefined) return shared;
    const writer = openWriter(stream, target, (lines) =>
      this.#metrics.increment("log_lines_dropped_total", lines, stream),
    );
    this.#writers.set(key, writer);
    if (typeof target !== "string") this.#files.push(writer);
    return writer;
  }
}

function openWriter(stream: Stream, target: LogTarget, dropped: (lines: number) => void): LineWriter {
  try {
    return new LineWriter(target, dropped);
  } catch (cause) {
    const flag = `--${stream}-log`;
    throw new CommandError(`cannot open the file of ${flag}: ${messageOf(cause)}`, `choose another file with ${flag}`, {
      cause,
    });
  }
}
