import { monitorEventLoopDelay } from "node:perf_hooks";
import type { EdgeMetrics } from "./edge-metrics.ts";

/** Has the process's own numbers read at each scrape: CPU, memory, start and the event loop's delay. */
export function observeProcess(metrics: EdgeMetrics): void {
  const startSeconds = Math.round(performance.timeOrigin) / 1000;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  metrics.observe("process_start_time_seconds", () => startSeconds);
  metrics.observe("process_resident_memory_bytes", () => process.memoryUsage.rss());
  metrics.observe("nodejs_heap_used_bytes", () => process.memoryUsage().heapUsed);
  metrics.observe("process_cpu_seconds_total", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.observe("nodejs_eventloop_lag_p99_seconds", () => {
    const lagSeconds = delay.percentile(99) / 1e9;
    delay.reset();
    return lagSeconds;
  });
}
