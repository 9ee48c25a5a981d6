import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { canonicalHost } from "../../policy/host.ts";
import type { TargetWords } from "../../verify/target.ts";
import { parseUrl, type RequestUrl } from "../explain/raw-request.ts";
import { flag, jsonFlag, port } from "../flags.ts";

const examples = `
Examples:
  hostward verify https://acme.example
  hostward verify https://acme.example --other globex.example --junit verify.xml
  hostward verify http://acme.localhost --connect 127.0.0.1:8080 --json

It creates, changes, dumps and drops nothing, and tries no login but with made-up credentials; some 200 requests,
--rate of them a second. Probe edges that are yours to probe.
Exits 0 when no property is violated, 1 when one is or nothing can be seen, 2 for wrong usage.`;

interface VerifyFlags {
  readonly database?: string;
  readonly other?: string;
  readonly otherDatabase?: string;
  readonly connect?: TargetWords["connect"];
  readonly insecure?: true;
  readonly rate: number;
  readonly json?: true;
  readonly junit?: string;
}

/** `hostward verify`: which isolation properties hold at an edge, whichever it is. */
export function addVerify(root: Command): void {
  root
    .command("verify")
    .description("Probe a running edge from outside, whichever it is, and report which isolation properties hold.")
    .addArgument(new Argument("<url>", "scheme and hostname of a tenant").argParser(url))
    .addOption(flag("--database <name>", "database of the tenant; default: its hostname"))
    .addOption(
      flag("--other <host>", "hostname of another tenant behind the same edge: adds cross-tenant probes").argParser(
        hostname,
      ),
    )
    .addOption(flag("--other-database <name>", "database of the other tenant; default: its hostname"))
    .addOption(flag("--connect <host:port>", "connect there, whatever the hostname resolves to").argParser(address))
    .addOption(flag("--insecure", "take any TLS certificate"))
    .addOption(flag("--rate <n>", "most requests a second").argParser(rate).default(20))
    .addOption(new Option("--junit <file>", "write a JUnit report; - prints it in place of the text"))
    .addOption(jsonFlag())
    .addHelpText("after", examples)
    .action(async (url: RequestUrl, flags: VerifyFlags, command: Command) => {
      const { rate, json = false, junit = null } = flags;
      if (json && junit === "-") command.error("error: --json and --junit - both want standard output");
      const { verify } = await import("../verify.ts");
      process.exitCode = await verify({ words: wordsOf(url, flags), perSecond: rate, json, junit });
    });
}

function wordsOf({ scheme, authority, port }: RequestUrl, flags: VerifyFlags): TargetWords {
  const { database = null, other = null, otherDatabase = null, connect = null, insecure = false } = flags;
  return { scheme, authority, port, database, other, otherDatabase, connect, insecure };
}

function url(text: string): RequestUrl {
  const parsed = parseUrl(text);
  if (parsed === null || parsed.target !== "/" || canonicalHost(parsed.authority) === "") {
    throw new InvalidArgumentError("It must be a scheme and a hostname, such as https://acme.example.");
  }
  return parsed;
}

function hostname(text: string): string {
  if (canonicalHost(text) === "" || text.includes(":")) throw new InvalidArgumentError("It must be a hostname.");
  return text;
}

function address(text: string): TargetWords["connect"] {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:/\s]+)):(\d{1,5})$/i.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must be HOST:PORT.");
  return { host: parts[1] ?? parts[2]!, port: port(parts[3]!) };
}

function rate(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 200) throw new InvalidArgumentError("It must be a number from 1 to 200.");
  return number;
}
