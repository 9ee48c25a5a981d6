import t from "tap";
import { supportsNode } from "../../src/cli/about.ts";
import { CliProcess, type CliResult, runCli } from "../support/cli.ts";

const demo = "config/examples/demo";
const hasStack = ({ stderr }: CliResult): boolean => /\n\s+at .*:\d+/.test(stderr);

t.test("help and version", async (t) => {
  const help = await runCli(["--help"]);
  t.equal(help.code, 0, "help is no error");
  for (const command of ["serve", "check", "explain", "emit", "bench", "demo"]) {
    t.match(help.stdout, new RegExp(`^  ${command} .*[A-Z]`, "m"), `help says what ${command} does`);
    t.match(help.stdout, new RegExp(`^  hostward ${command}`, "m"), `help shows an example of ${command}`);
  }
  t.match((await runCli(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/, "the version alone");
});

const usage: ReadonlyArray<readonly [rule: string, args: readonly string[], stderr: RegExp]> = [
  ["no command at all shows the help", [], /^Usage: hostward COMMAND/],
  ["an unknown command names the nearest", ["serv"], /unknown command 'serv'\n {2}hint: did you mean serve\?/],
  ["a catalog is needed", ["serve"], /required option '-c, --catalog <path>' not specified/],
  [
    "an unknown flag says where to look",
    ["check", "-c", demo, "--bogus"],
    /'--bogus'\n {2}hint: `hostward check --help`/,
  ],
  ["a flag needs its value", ["check", "-c"], /argument missing/],
  ["words that no command takes", ["check", "-c", demo, "more"], /too many arguments/],
  ["a drain deadline that is no duration", ["serve", "-c", demo, "--drain-deadline", "30"], /duration such as 30s/],
  ["a log level that is none", ["serve", "-c", demo, "--log-level", "loud"], /Allowed choices are info, warn, error/],
  [
    "two modes at once",
    ["serve", "-c", demo, "--guard-only", "--ext-auth"],
    /'--ext-auth' cannot be used with option '--guard-only'\n {2}hint: `hostward serve --help`/,
  ],
  ["a port that is none", ["demo", "--port", "99999"], /port from 1 to 65535/],
  ["a URL is needed", ["explain", "-c", demo], /missing required argument 'url'/],
  ["a URL of another scheme", ["explain", "-c", demo, "ftp://x/"], /http or https URL/],
  ["a URL with user information", ["explain", "-c", demo, "http://u:p@x/"], /without user information/],
  ["a field without a colon", ["explain", "-c", demo, "-H", "Cookie", "http://x/"], /'Name: value'/],
  ["a field of two lines", ["explain", "-c", demo, "-H", "A: b\r\nC: d", "http://x/"], /must be one line/],
  ["a client that is no address", ["explain", "-c", demo, "--client", "me", "http://x/"], /IP address/],
  ["a folder to emit to is needed", ["emit", "-c", demo], /required option '-o, --output <dir>' not specified/],
  ["an empty folder name", ["emit", "-c", demo, "-o", ""], /must name a folder/],
  ["a format that is none", ["emit", "-c", demo, "-o", "-", "--format", "xml"], /Allowed choices are yaml, json/],
  ["a stream cannot be checked", ["emit", "-c", demo, "-o", "-", "--check"], /--check needs a folder/],
  ["two documents for standard output", ["emit", "-c", demo, "-o", "-", "--json"], /both want standard output/],
  ["a row that is none", ["emit", "-c", demo, "-o", "-", "--accept", "no-row"], /`no-row`.*\n {2}hint: rows that can/],
  [
    "a tier that is none",
    ["emit", "-c", demo, "-o", "-", "--customer-access", "gold"],
    /tier `gold`.*\n {2}hint: tiers of/,
  ],
  ["a target to load is needed", ["bench"], /'--target <name=url>' not specified/],
  ["a target that is no URL", ["bench", "--target", "edge=127.0.0.1"], /must be NAME=http:\/\/HOST:PORT/],
  ["a target with a path", ["bench", "--target", "http://127.0.0.1/web"], /the path is --path/],
  ["a target over TLS", ["bench", "--target", "https://127.0.0.1:1"], /cleartext HTTP/],
  [
    "a target elsewhere",
    ["bench", "--target", "a=http://192.0.2.1"],
    /not on this machine: 192\.0\.2\.1\n {2}hint: .*--allow-remote/,
  ],
  [
    "two targets of one name",
    ["bench", ...["1", "2"].flatMap((port) => ["--target", `a=http://127.0.0.1:${port}`])],
    /two targets are named `a`/,
  ],
  [
    "a process of no target",
    ["bench", "--target", "a=http://127.0.0.1:1", "--pid", "b=1"],
    /--pid names `b`, which is no target/,
  ],
  [
    "a process that is not there",
    ["bench", "--target", "a=http://127.0.0.1:1", "--pid", "a=999999999"],
    /cannot read the process 999999999/,
  ],
  ["a rate that is none", ["bench", "--target", "http://127.0.0.1:1", "--rate", "fast"], /number from 0\.1 to 200000/],
  [
    "a load without an end",
    ["bench", "--target", "http://127.0.0.1:1", "--seconds", "3600", "--pairs", "100"],
    /could take 361200 s, the most is 21600 s/,
  ],
  [
    "a Host in the fields",
    ["bench", "--target", "http://127.0.0.1:1", "-H", "Host: a.example"],
    /the harness sets itself/,
  ],
  ["a status that is none", ["bench", "--target", "http://127.0.0.1:1", "--expect", "2xx"], /statuses such as 200,303/],
  ["a body file that is not there", ["explain", "-c", demo, "-d", "@no-such-file", "http://x/"], /ENOENT/],
];
t.test("wrong usage is exit 2, one line and a hint", async (t) => {
  const outcomes = await Promise.all(usage.map(([, args]) => runCli(args)));
  for (const [i, [rule, , stderr]] of usage.entries()) {
    const outcome = outcomes[i]!;
    t.same([outcome.code, outcome.stdout, hasStack(outcome)], [2, "", false], `${rule}: exit 2, no stack`);
    t.match(outcome.stderr, stderr, rule);
  }
});

t.test("flags can stand in the environment", async (t) => {
  const mirrored = await runCli(["check"], { HOSTWARD_CATALOG: demo, HOSTWARD_JSON: "1" });
  t.equal(JSON.parse(mirrored.stdout).ok, true, "the catalog and --json");
});

t.test("a Node with known holes is named, and may run", async (t) => {
  const preload = `Object.defineProperty(process, "version", { value: "v20.1.0" })`;
  const { code, stderr } = await new CliProcess(["--version"], { preload }).ended;
  t.same([code, stderr.split("\n").length], [0, 2]);
  t.match(stderr, /^warning: Node v20\.1\.0 has known holes: use \^/);
});

const range = "^22.23.2 || ^24.18.1 || >=26.5.1";
const versions: ReadonlyArray<readonly [node: string, supported: boolean]> = [
  ["v20.19.0", false],
  ["v22.23.1", false],
  ["v22.23.2", true],
  ["v22.24.0", true],
  ["v23.11.0", false],
  ["v24.18.0", false],
  ["v24.18.1", true],
  ["v25.9.0", false],
  ["v26.5.0", false],
  ["v26.5.1", true],
  ["v26.10.0", true],
  ["v27.0.0", true],
];
for (const [node, supported] of versions) t.equal(supportsNode(node, range), supported, `${node} is in ${range}`);
