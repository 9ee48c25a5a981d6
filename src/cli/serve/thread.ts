/** The program of a thread that serves beside others: an edge whose words go to the process's logs. */
import { parentPort, workerData } from "node:worker_threads";
import { observeProcess } from "../../metrics/process-metrics.ts";
import type { ThreadBirth } from "../../router/threads/messages.ts";
import { serveInThread } from "../../router/threads/serve-in-thread.ts";
import { reporterTo } from "./reporting.ts";
import { ThreadLogs } from "./thread-logs.ts";
import type { ThreadStreams } from "./thread-words.ts";

const port = parentPort;
if (port === null) throw new Error("thread.ts runs in a worker thread only");
const birth = workerData as ThreadBirth;
serveInThread(port, birth, (line, metrics) => {
  const logs = new ThreadLogs(birth.part, birth.settings as ThreadStreams, line, metrics);
  const reporter = reporterTo(logs, metrics);
  // A fault that nobody caught is told and counted; it does not end the thread.
  process.on("uncaughtException", (cause) => reporter.fault("-", cause));
  process.on("unhandledRejection", (cause) => reporter.fault("-", cause));
  observeProcess(metrics);
  return { reporter, close: () => logs.close() };
});
