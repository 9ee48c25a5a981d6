import { type Command, InvalidArgumentError } from "commander";
import { type ArrivalKind, arrivalKinds } from "../../load/arrivals.ts";
import { bounds, type LoadTarget } from "../../load/settings.ts";
import { addReportFlags, type ReportFlags, reportOptionsOf } from "../bench/report-flags.ts";
import { isOneLine } from "../explain/raw-request.ts";
import { catalogFlag, collect, duration, flag, layersOf, port } from "../flags.ts";
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

/** What the flags come to. */
export interface BenchFlags extends ReportFlags {
  readonly target: readonly Pick<LoadTarget, "name" | "url">[];
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
    .addOption(flag("--target <name=url>", "what to load; repeat it to compare").argParser(target))
    .addOption(
      flag("--pid <name=pid>", "process whose CPU and memory are those of a target; repeat it").argParser(pid),
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
    .addOption(flag("--host <host>", "Host of the requests; default: the target's own").argParser(host))
    .addOption(flag("--path <target>", "path and query of the requests").argParser(path).default("/"))
    .addOption(flag("-X, --request <method>", "method; GET, or POST with -d").argParser(method))
    .addOption(flag("-H, --header <field>", "field of the requests, 'Name: value'; repeat it").argParser(field))
    .addOption(flag("-d, --data <body>", "body of the requests"))
    .addOption(
      flag("--expect <statuses>", "statuses that are right, as 200,303, or any; default: 200, or Odoo's").argParser(
        statuses,
      ),
    )
    .addOption(flag("--expect-worker <name>", "name that answering workers must give as theirs").default("", "any"))
    .addOption(
      flag("--traffic <kind>", "one request, or what browsers ask of Odoo").choices(["url", "odoo-mix"]).default("url"),
    )
    .addOption(catalogFlag().makeOptionMandatory(false))
    .addOption(flag("--zipf <exponent>", "popularity of a catalog's hosts").argParser(number(0, 10)).default(1))
    .addOption(
      flag("--external-port <port>", "port that clients see, in Origin; default: the target's").argParser(port),
    );
}

function addLoad(bench: Command): void {
  const bounded = (flags: string, doc: string, [min, max]: readonly [number, number], preset: number) =>
    bench.addOption(flag(flags, doc).argParser(number(min, max)).default(preset));
  bench
    .addOption(
      flag("--loop <loop>", "open: at a rate; closed: each as soon as the last is done")
        .choices(["open", "closed"])
        .default("open"),
    )
    .addOption(flag("--arrivals <kind>", "of an open loop").choices(arrivalKinds).default("poisson"));
  bounded("--rate <n>", "requests a second of an open loop", bounds.rate, 1000);
  bounded("--connections <n>", "requests on their way at a time, at most", bounds.connections, 64);
  bounded("--sockets <n>", "WebSockets held open at a time, at most", bounds.sockets, 256);
  bounded("--threads <n>", "threads that make the load", bounds.threads, 1);
  bounded("--warmup <seconds>", "before each measurement, and not in it", bounds.warmupSeconds, 2);
  bounded("--seconds <seconds>", "of each measurement", bounds.seconds, 10);
  bounded("--pairs <n>", "measurements of each target", bounds.pairs, 5);
  bounded("--seed <n>", "of whatever is random", bounds.seed, 1);
  bench.addOption(
    flag("--timeout <duration>", "after which a request has failed").argParser(duration).default(10_000, "10s"),
  );
}

function target(text: string, before: BenchFlags["target"] = []): BenchFlags["target"] {
  const parts = /^(?:([A-Za-z0-9][\w.-]{0,63})=)?(https?:\/\/[^\s/?#@]+)\/?$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must be NAME=http://HOST:PORT; the path is --path.");
  const url = parts[2]!;
  return [...before, { name: parts[1] ?? url.slice(url.indexOf("//") + 2), url }];
}

function pid(text: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const parts = /^(.+)=(\d{1,9})$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must be NAME=PID, with the name of a target.");
  return new Map([...before, [parts[1]!, Number(parts[2])]]);
}

function host(text: string): string {
  if (!/^[\w.:[\]-]{1,260}$/.test(text))
    throw new InvalidArgumentError("It must be a hostname, with a port or without.");
  return text;
}

function path(text: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(text)) throw new InvalidArgumentError("It must begin with / and hold no spaces.");
  return text;
}

function method(text: string): string {
  if (!/^[A-Z]{1,20}$/.test(text)) throw new InvalidArgumentError("It must be a method such as GET.");
  return text;
}

const ownFields = /^(?:host|content-length|transfer-encoding|connection|upgrade)$/i;

function field(text: string, before: readonly string[] = []): readonly string[] {
  const name = /^([\w!#$%&'*+.^`|~-]+):[\t\x20-\x7e]*$/.exec(text)?.[1];
  if (name === undefined || !isOneLine(text)) throw new InvalidArgumentError("It must be 'Name: value', one line.");
  if (ownFields.test(name)) throw new InvalidArgumentError("It is a field that the harness sets itself.");
  return collect(text, before);
}

function statuses(text: string): readonly number[] {
  if (text === "any") return [];
  if (!/^[1-5]\d\d(?:,[1-5]\d\d)*$/.test(text))
    throw new InvalidArgumentError("It must be statuses such as 200,303, or any.");
  return text.split(",").map(Number);
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
    return value;
  };
}
