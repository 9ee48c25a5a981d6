import type { Command } from "commander";
import type { EventLevel } from "../../metrics/events.ts";
import type { LogTarget } from "../../metrics/log-target.ts";
import type { Mode } from "../../router/modes.ts";
import { catalogFlag, duration, flag, layersOf, threads as threadCount } from "../flags.ts";

const examples = `
A log goes to a FILE, to standard output (-), to standard error (stderr) or nowhere (off). Events go to standard error.

Signals:
  SIGHUP           read the catalog again, and open log files anew
  SIGTERM, SIGINT  stop when what is in flight is done (exit 0); a second one stops at once (exit 1)`;

interface ServeFlags {
  readonly threads: number;
  readonly watch: boolean;
  readonly accessLog: LogTarget | "off";
  readonly auditLog: LogTarget | "off";
  readonly logLevel: EventLevel;
  readonly drainGrace: number;
  readonly drainDeadline: number;
  readonly guardOnly?: true;
  readonly extAuth?: true;
}

/** `hostward serve`: runs the edge. */
export function addServe(root: Command): void {
  const levels: readonly EventLevel[] = ["info", "warn", "error"];
  root
    .command("serve")
    .description("Run the edge. Files that change take effect within 2 s; a catalog with errors changes nothing.")
    .addOption(catalogFlag())
    .addOption(flag("--no-watch", "read the catalog again on SIGHUP only"))
    .addOption(
      flag("--threads <number>", "threads that serve, or auto for one per processor")
        .argParser(threadCount)
        .default(1, "1"),
    )
    .addOption(
      flag("--access-log <target>", "one line for each request")
        .argParser(logTarget)
        .default("stdout", "standard output"),
    )
    .addOption(
      flag("--audit-log <target>", "one line for each refusal")
        .argParser(logTarget)
        .default("stderr", "standard error"),
    )
    .addOption(flag("--log-level <level>", "least level of events").choices(levels).default("info"))
    .addOption(
      flag("--drain-grace <duration>", "how long to take new connections after SIGTERM")
        .argParser(duration)
        .default(0, "0s"),
    )
    .addOption(
      flag("--drain-deadline <duration>", "when to cut what still runs").argParser(duration).default(30_000, "30s"),
    )
    .addOption(flag("--guard-only", "serve behind Envoy and beside the workers: the guard, and what Envoy lacks"))
    .addOption(
      flag("--ext-auth", "answer Envoy's external authorization by HTTP; ask no worker").conflicts("guardOnly"),
    )
    .addHelpText("after", examples)
    .action(async (flags: ServeFlags, command: Command) => {
      const { threads, watch, accessLog, auditLog, logLevel, drainGrace, drainDeadline } = flags;
      const logs = { access: accessLog, audit: auditLog, level: logLevel };
      const times = { graceMs: drainGrace, deadlineMs: drainDeadline };
      const options = { layers: layersOf(command), mode: modeOf(flags), threads, watch, logs, ...times };
      const { serve } = await import("../serve/serve.ts");
      process.exit(await serve(options));
    });
}

function modeOf({ guardOnly, extAuth }: ServeFlags): Mode {
  if (guardOnly) return "guard";
  return extAuth ? "authorizer" : "edge";
}

function logTarget(text: string): LogTarget | "off" {
  if (text === "off" || text === "stderr") return text;
  return text === "-" ? "stdout" : { path: text };
}
