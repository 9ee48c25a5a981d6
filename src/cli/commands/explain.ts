import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../command-error.ts";
import { isOneLine, parseUrl, type RequestUrl } from "../explain/raw-request.ts";
import { catalogFlag, collect, jsonFlag, layersOf } from "../flags.ts";

const examples = `
Examples:
  hostward explain -c catalog/ http://acme.example/web/login
  hostward explain -c catalog/ -d '{"params":{}}' -H 'Content-Type: application/json' http://acme.example/jsonrpc
  hostward explain -c catalog/ --client 198.51.100.7 -H 'Host: other.example' http://acme.example/

The URL is sent as it is written. For https, --client is the proxy that ended TLS.
Exits 0 when the request would be forwarded, 3 when the edge would answer it.`;

interface ExplainFlags {
  readonly request?: string;
  readonly header?: readonly string[];
  readonly data?: Buffer;
  readonly client: string;
  readonly json?: true;
}

/** `hostward explain`: what would happen to one request, and why. */
export function addExplain(root: Command): void {
  root
    .command("explain")
    .description("Say step by step what the edge would do with a request, and why. Nothing is sent anywhere.")
    .addArgument(new Argument("<url>", "what the client asks for").argParser(url))
    .addOption(catalogFlag())
    .addOption(new Option("-X, --request <method>", "method; GET, or POST with -d").argParser(oneLine))
    .addOption(new Option("-H, --header <field>", "field of the request, 'Name: value'; repeat it").argParser(fields))
    .addOption(new Option("-d, --data <body>", "body of the request; @FILE takes a file's bytes").argParser(body))
    .addOption(new Option("--client <address>", "IP address that connects").argParser(address).default("127.0.0.1"))
    .addOption(jsonFlag())
    .addHelpText("after", examples)
    .action(async (url: RequestUrl, flags: ExplainFlags, command: Command) => {
      const { request = null, header = [], data = null, client, json = false } = flags;
      const words = { url, method: request, fields: header, body: data };
      const { explain } = await import("../explain/explain.ts");
      process.exitCode = await explain({ layers: layersOf(command), words, client, json });
    });
}

function url(text: string): RequestUrl {
  const parsed = parseUrl(text);
  if (parsed === null) throw new InvalidArgumentError("It must be an http or https URL without user information.");
  return parsed;
}

function fields(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[^:]+:/.test(oneLine(text))) throw new InvalidArgumentError("It must be 'Name: value'.");
  return collect(text, before);
}

function oneLine(text: string): string {
  if (!isOneLine(text)) throw new InvalidArgumentError("It must be one line.");
  return text;
}

function body(text: string): Buffer {
  if (!text.startsWith("@")) return Buffer.from(text);
  try {
    return readFileSync(text.slice(1));
  } catch (cause) {
    throw new InvalidArgumentError(`The file cannot be read: ${messageOf(cause)}.`);
  }
}

function address(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError("It must be an IP address.");
  return text;
}
