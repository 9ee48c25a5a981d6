/** Starts the edge of a serving process, with one thread or with several. */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { Plan } from "../../plan/types.ts";
import { Edge } from "../../router/edge.ts";
import type { Mode } from "../../router/modes.ts";
import type { RunningEdge } from "../../router/running-edge.ts";
import { allocateProcess, type ProcessMemory } from "../../router/threads/process-memory.ts";
import type { ThreadEvents } from "../../router/threads/seats.ts";
import { ThreadedEdge } from "../../router/threads/threaded-edge.ts";
import type { Logs } from "./logs.ts";
import { limitEventsTo, poolEventsTo, reporterTo } from "./reporting.ts";
import type { ThreadStreams } from "./thread-words.ts";
import { wordsTo } from "./thread-words.ts";

/** A serving process's numbers, and the memory that its threads count in; null where one thread serves. */
export interface ProcessCounts {
  readonly metrics: EdgeMetrics;
  readonly memory: ProcessMemory | null;
}

/** An edge, and what tells that it cannot go on: never where one thread serves, which is the process itself. */
export interface StartedEdge {
  readonly edge: RunningEdge;
  /** Resolves with the reason. */
  readonly lost: Promise<string>;
}

// Sources run as they are and dist/ holds JavaScript: the thread has the extension of this file.
const threadUrl = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

export function allocateCounts(threads: number): ProcessCounts {
  if (threads === 1) return { metrics: new EdgeMetrics(), memory: null };
  const memory = allocateProcess(threads);
  return { metrics: new EdgeMetrics({ others: memory.metrics.slice(1) }), memory };
}

/** Rejects with the system's error when a listener cannot be opened. */
export async function startEdge(
  plan: Plan,
  mode: Mode,
  { metrics, memory }: ProcessCounts,
  logs: Logs,
): Promise<StartedEdge> {
  const common = { metrics, mode, poolEvents: poolEventsTo(logs, metrics), limitEvents: limitEventsTo(logs) };
  if (memory === null) {
    metrics.setGauge("threads", 1);
    const edge = await Edge.start(plan, { ...common, reporter: reporterTo(logs, metrics) });
    return { edge, lost: new Promise(() => {}) };
  }
  const settings: ThreadStreams = { access: logs.access !== null, audit: logs.audit !== null };
  const edge = await ThreadedEdge.start(plan, {
    ...common,
    memory,
    settings,
    words: wordsTo(logs),
    events: threadEventsTo(logs, metrics),
    spawn: (birth) => new Worker(threadUrl, { workerData: birth, name: `edge ${birth.part}` }),
  });
  return { edge, lost: edge.lost };
}

function threadEventsTo(logs: Logs, metrics: EdgeMetrics): ThreadEvents {
  const { events } = logs;
  return {
    died: (thread, reason) => events.emit("thread_died", { thread, reason }),
    replaced: (thread) => events.emit("thread_replaced", { thread }),
    failed: (thread, reason, nextMs) => events.emit("thread_failed", { thread, reason, next_ms: Math.round(nextMs) }),
    fault: (cause) => reporterTo(logs, metrics).fault("-", cause),
  };
}
