import pino from "pino";
import type { Clock } from "../core/clock.ts";
import { escapeControls, timeText } from "./json-text.ts";
import { LineBudget } from "./line-budget.ts";
import type { LineWriter } from "./line-writer.ts";

interface EventRow {
  readonly level: "info" | "warn" | "error";
  readonly doc: string;
}

/** Everything that the event log can say, by the `event` of its line. */
export const eventTable = {
  started: { level: "info", doc: "The process began, with its version and mode." },
  listening: { level: "info", doc: "A listener is open." },
  plan_applied: { level: "info", doc: "A plan serves, with its hash and size." },
  plan_unchanged: { level: "info", doc: "A catalog was read again and means what the plan in service does." },
  plan_refused: { level: "error", doc: "A catalog has errors; the plan in service stays." },
  catalog_problem: { level: "warn", doc: "One problem of a catalog, with its place." },
  restart_needed: { level: "warn", doc: "An address changed that the process only reads when it starts." },
  catalog_unreadable: { level: "error", doc: "The catalog's files could not be read or watched." },
  endpoint_ejected: { level: "warn", doc: "A worker endpoint is out of service after network faults." },
  endpoint_restored: { level: "info", doc: "A worker endpoint serves again." },
  resolution_failed: { level: "warn", doc: "Endpoints could not be resolved; the last known ones stay." },
  limits_connected: { level: "info", doc: "The shared store of limits can be asked." },
  limits_lost: { level: "warn", doc: "The shared store of limits cannot be asked, with the reason." },
  limits_breaker: {
    level: "warn",
    doc: "The circuit breaker before the shared store opened or closed, with its use and the last reason.",
  },
  binding_lost: { level: "error", doc: "A worker redirected to the database selector. Page somebody." },
  connections_refused: { level: "warn", doc: "Clients are turned away: too many connections or no descriptors." },
  overload_changed: { level: "warn", doc: "A resource of the edge itself entered or left a stage of shedding." },
  body_storage_failed: { level: "error", doc: "A request body could not be kept in memory or on disk." },
  fault: { level: "error", doc: "A fault of the edge's own, with its step and cause." },
  log_reopened: { level: "info", doc: "The log files were opened anew." },
  log_reopen_failed: { level: "error", doc: "A log file could not be opened anew; the old one stays in use." },
  thread_died: {
    level: "error",
    doc: "A thread ended by itself; what it held was given back, and another is started.",
  },
  thread_replaced: { level: "info", doc: "A thread serves in place of one that died." },
  thread_failed: {
    level: "error",
    doc: "No thread could be started in place of one that died; when the next try comes.",
  },
  drain_started: { level: "info", doc: "The process was told to stop and serves what is in flight." },
  drain_finished: { level: "info", doc: "The drain is over, with what was cut." },
  stopped: { level: "info", doc: "The process ends." },
  suppressed: { level: "warn", doc: "Lines of one event were left out by the rate bound." },
} as const satisfies Record<string, EventRow>;

export type EventName = keyof typeof eventTable;
export type EventLevel = (typeof eventTable)[EventName]["level"];

/** Where events are told. */
export interface EventSink {
  /** Never waits and never throws. */
  emit(event: EventName, fields?: Readonly<Record<string, unknown>>): void;
}

/** Lines a second for each event. */
export const eventLinesPerSecond = 50;

/**
 * The event log: what happened to the edge, as JSON lines. An `err` among the fields is written with its stack.
 *
 * Fields may hold no credential, query, cookie or body.
 */
export class EventLog implements EventSink {
  readonly #logger: pino.Logger;
  readonly #budget: LineBudget<EventName>;

  /** `suppressed` is told how many lines the bound left out; events below `level` are not written. */
  constructor(writer: LineWriter, clock: Clock, suppressed: (lines: number) => void, level: EventLevel = "info") {
    this.#logger = pino(
      {
        level,
        base: null,
        timestamp: () => `,"time":"${timeText(clock.epochMs())}"`,
        formatters: { level: (level) => ({ level }) },
      },
      { write: (line: string) => writer.write(escapeControls(line)) },
    );
    this.#budget = new LineBudget(eventLinesPerSecond, clock, (of, lines) => {
      suppressed(lines);
      this.#write("suppressed", { of, lines });
    });
  }

  emit(event: EventName, fields: Readonly<Record<string, unknown>> = {}): void {
    if (this.#budget.take(event)) this.#write(event, fields);
  }

  /** Counts events that another thread left out. */
  leftOut(event: EventName, lines: number): void {
    this.#budget.leftOut(event, lines);
  }

  /** Says what the current second left out; before the writer is closed. */
  close(): void {
    this.#budget.settle();
  }

  #write(event: EventName, fields: Readonly<Record<string, unknown>>): void {
    this.#logger[eventTable[event].level]({ event, ...fields });
  }
}
