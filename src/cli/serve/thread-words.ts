/** What a thread that serves says to the process's logs, and how they take it in. */
import type { AuditCode } from "../../metrics/audit.ts";
import type { EventName } from "../../metrics/events.ts";
import type { ThreadWords } from "../../router/threads/scheduler.ts";
import type { Logs } from "./logs.ts";

/** Which streams are written at all. */
export interface ThreadStreams {
  readonly access: boolean;
  readonly audit: boolean;
}

/** One thing that a thread says; lines of the access log come apart, in batches. */
export type ThreadWord =
  | { readonly of: "audit"; readonly code: AuditCode; readonly line: string }
  | { readonly of: "auditSuppressed"; readonly code: AuditCode; readonly lines: number }
  | { readonly of: "event"; readonly event: EventName; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly of: "eventSuppressed"; readonly event: EventName; readonly lines: number };

/** Takes in what threads say: bounds on lines hold for the process. */
export function wordsTo({ access, audit, events }: Pick<Logs, "access" | "audit" | "events">): ThreadWords {
  return {
    lines: (_stream, bytes) => access?.writeLines(bytes),
    heard(what) {
      const word = what as ThreadWord;
      switch (word.of) {
        case "audit":
          return audit?.line(word.code, word.line);
        case "auditSuppressed":
          return audit?.suppressed(word.code, word.lines);
        case "event":
          return events.emit(word.event, word.fields);
        case "eventSuppressed":
          return events.leftOut(word.event, word.lines);
      }
    },
  };
}
