/** Loaded ahead of a program by `--import`: says on file descriptor 3 what the process has used, when it ends. */
import { writeSync } from "node:fs";

/** What a process used from its start to its end. */
export interface Usage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Resident memory at its highest. */
  readonly peakMiB: number;
}

const USAGE_FD = 3;

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: Usage = { userSeconds: userCPUTime / 1e6, systemSeconds: systemCPUTime / 1e6, peakMiB: maxRSS / 1024 };
  writeSync(USAGE_FD, JSON.stringify(usage));
});
