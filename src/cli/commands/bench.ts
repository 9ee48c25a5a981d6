import type { Command } from "commander";
import { type ArrivalKind, arrivalKinds } from "../../load/arrivals.ts";
import { bounds } from "../../load/settings.ts";
import { addReportFlags, type ReportFlags, reportOptionsOf } from "../bench/report-flags.ts";
import * as read from "../bench/values.ts";
import { catalogFlag, duration, flag, layersOf, port } from "../flags.ts";
import { addBenchCompare } from "./bench-compare.ts";
import { addBenchWorker } from "./bench-worker.ts";

const examples = `
Examples:
  hostward bench --target edge=http://127.0.0.1:8080 --host acme.example --rate 2000 --seconds 10
  hostward bench --target nginx=http://127.0.0.1:8081 --target edge=http://127.0.0.1:8080 --host acme.example \\
                 --rate 2000 --arrivals poisson --pairs 5 --pid nginx=123 --pid edge=456
  hostward bench --target edge=http://127.0.0.1:8080 -c catalog/ --zipf 1.1       the Host of every tenant
  hostward bench --target edge=http://127.0.0.1:8080 --host acme.example --loop closed --connections 32
  hostward bench --target nginx=http://127.0.0.1:8081 --target edge=http://127.0.0.1:8080 --host acme.example \\
                 --pid nginx=123 --pid edge=456 --json run.json --html run.html --max-p99 edge=2ms --max-ratio nginx=1.25
  hostward bench compare before.json after.json                                   what changed between two runs
  hostward bench --target edge=http://127.0.0.1:8080 -c catalog/ --traffic odoo-mix --rate 200
  hostward bench worker --port 8069                                               something to stand behind an edge

Latency runs from when a request was due, so that waiting for a slow target counts. Several targets are loaded in turns,
and compared with the first one. Only targets on this machine are loaded, unless --allow-remote is given.
Exits 0 when it was measured, 1 when it could not be or a gate failed or could not be judged, 2 for wrong usage.`;

/** As many addresses as 10.0.0.0/8 has. */
const clientsMax = 2 ** 24;

/** What the flags come to. */
export interface BenchFlags extends ReportFlags {
  readonly target: readonly read.TargetWords[];
  readonly pid?: ReadonlyMap<string, number>;
  readonly host?: string;
  readonly path: string;
  readonly request?: string;
  readonly header?: readonly string[];
  readonly data?: string;
  readonly expect?: readonly number[];
  readonly catalog?: readonly string[];
  readonly traffic: "url" | "odoo-mix";
  readonly zipf: number;
  readonly clients: number;
  readonly loop: "open" | "closed";
  readonly arrivals: ArrivalKind;
  readonly rate: number;
  readonly connections: number;
  readonly sockets: number;
  readonly threads: number;
  readonly warmup: number;
  readonly seconds: number;
  readonly pairs: number;
  readonly timeout: number;
  readonly seed: number;
  readonly expectWorker: string;
  readonly externalPort?: number;
  readonly allowRemote?: true;
}

/** `hostward bench`: what an edge adds to a request. */
export function addBench(root: Command): void {
  const bench = root
    .command("bench")
    .description("Load edges and measure what they add to a request: latency, errors, CPU and memory.")
    .addOption(flag("--target <name=url>", "what to load; repeat it to compare").argParser(read.target))
    .addOption(
      flag("--pid <name=pid>", "process whose CPU and memory are those of a target; repeat it").argParser(read.pid),
    );
  addTraffic(bench);
  addLoad(bench);
  bench.addOption(flag("--allow-remote", "load targets that are not on this machine"));
  addReportFlags(bench);
  bench
    .enablePositionalOptions()
    .addHelpText("after", examples)
    .action(async (flags: BenchFlags, command: Command) => {
      // Not by commander, which would ask `bench worker` for it too.
      if (flags.target === undefined) command.error("error: required option '--target <name=url>' not specified");
      const layers = flags.catalog === undefined ? [] : layersOf(command);
      const { bench } = await import("../bench.ts");
      process.exitCode = await bench(flags, layers, reportOptionsOf(flags, command));
    });
  addBenchWorker(bench);
  addBenchCompare(bench);
}

function addTraffic(bench: Command): void {
  bench
    .addOption(flag("--host <host>", "Host of the requests; default: the target's own").argParser(read.host))
    .addOption(flag("--path <target>", "path and query of the requests").argParser(read.path).default("/"))
    .addOption(flag("-X, --request <method>", "method; GET, or POST with -d").argParser(read.method))
    .addOption(flag("-H, --header <field>", "field of the requests, 'Name: value'; repeat it").argParser(read.field))
    .addOption(flag("-d, --data <body>", "body of the requests"))
    .addOption(
      flag("--expect <statuses>", "statuses that are right, as 200,303, or any; default: 200, or Odoo's").argParser(
        read.statuses,
      ),
    )
    .addOption(flag("--expect-worker <name>", "name that answering workers must give as theirs").default("", "any"))
    .addOption(
      flag("--traffic <kind>", "one request, or what browsers ask of Odoo").choices(["url", "odoo-mix"]).default("url"),
    )
    .addOption(catalogFlag().makeOptionMandatory(false))
    .addOption(flag("--zipf <exponent>", "popularity of a catalog's hosts").argParser(read.number(0, 10)).default(1))
    .addOption(
      flag("--clients <n>", "addresses that X-Forwarded-For says, in turn at random; 0: none")
        .argParser(read.whole(0, clientsMax))
        .default(0),
    )
    .addOption(
      flag("--external-port <port>", "port that clients see, in Origin; default: the target's").argParser(port),
    );
}

function addLoad(bench: Command): void {
  const add = (flags: string, doc: string, reader: (text: string) => number, preset: number) =>
    bench.addOption(flag(flags, doc).argParser(reader).default(preset));
  const loops = ["open", "closed"] as const;
  bench
    .addOption(
      flag("--loop <loop>", "open: at a rate; closed: each as soon as the last is done").choices(loops).default("open"),
    )
    .addOption(flag("--arrivals <kind>", "of an open loop").choices(arrivalKinds).default("poisson"));
  add("--rate <n>", "requests a second of an open loop", read.number(...bounds.rate), 1000);
  add("--connections <n>", "requests on their way at a time, at most", read.whole(...bounds.connections), 64);
  add("--sockets <n>", "WebSockets held open at a time, at most", read.whole(...bounds.sockets), 256);
  add("--threads <n>", "threads that make the load", read.whole(...bounds.threads), 1);
  add("--warmup <seconds>", "before each measurement, and not in it", read.number(...bounds.warmupSeconds), 2);
  add("--seconds <seconds>", "of each measurement", read.number(...bounds.seconds), 10);
  add("--pairs <n>", "measurements of each target", read.whole(...bounds.pairs), 5);
  add("--seed <n>", "of whatever is random", read.whole(...bounds.seed), 1);
  bench.addOption(
    flag("--timeout <duration>", "after which a request has failed").argParser(duration).default(10_000, "10s"),
  );
}
