/** What Node gives without a library for proxies: `node:http` before, undici behind, no policies. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { loadPeerPackage } from "../packages.ts";
import { forwardedFields } from "./forwarded.ts";
import { listen, workerUrl } from "./listen.ts";

interface Controller {
  readonly rawHeaders: readonly Buffer[];
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

interface Handler {
  onRequestStart(controller: Controller): void;
  onResponseStart(controller: Controller, status: number): void;
  onResponseData(controller: Controller, bytes: Buffer): void;
  onResponseEnd(): void;
  onResponseError(controller: Controller, error: Error): void;
}

interface Pool {
  dispatch(options: Record<string, unknown>, handler: Handler): boolean;
}

const { Pool: PoolOf } = loadPeerPackage<{ Pool: new (url: string, options: object) => Pool }>("undici");
const pool = new PoolOf(workerUrl, { connections: 256, pipelining: 1, allowH2: false });
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

function responseFields(raw: readonly Buffer[]): string[] {
  const fields: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toString("latin1");
    if (!hopByHop.has(name.toLowerCase())) fields.push(name, raw[i + 1]!.toString("latin1"));
  }
  return fields;
}

class Relay implements Handler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(controller: Controller): void {
    this.#response.on("drain", () => controller.resume());
    this.#response.on("close", () => {
      if (!this.#response.writableFinished) controller.abort(new Error("the client went away"));
    });
  }

  onResponseStart({ rawHeaders }: Controller, status: number): void {
    if (status >= 200) this.#response.writeHead(status, responseFields(rawHeaders));
  }

  onResponseData(controller: Controller, bytes: Buffer): void {
    if (!this.#response.write(bytes)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(502).end();
  }
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const kept = Object.entries(request.headers).filter(([name]) => !hopByHop.has(name));
  const headers = { ...Object.fromEntries(kept), ...forwardedFields(request) };
  const hasBody = request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
  const options = { path: request.url, method: request.method, headers, body: hasBody ? request : null };
  pool.dispatch(options, new Relay(response));
}

listen(createServer(forward));
