import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import type { Address } from "../plan/types.ts";

/** What a route answers. A text goes out as it is; pieces are streamed, one turn of the event loop each. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Iterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers one GET by its path, which has no query; may throw, which answers 500. */
export type Route = (path: string, request: IncomingMessage) => Reply | Promise<Reply>;

/** A server that runs; `port` is the one that was bound, also when 0 was asked for. */
export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Silence on a connection, a reader that takes nothing included, after which it is cut. */
const SOCKET_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 256;

/** Serves GET and HEAD at an address. Rejects with the system's error when the address cannot be bound. */
export async function listen(address: Address, route: Route): Promise<RunningServer> {
  const server = createServer(
    { maxHeaderSize: HEAD_BYTES_MAX, headersTimeout: HEAD_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => void answer(request, response, route),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(SOCKET_TIMEOUT_MS);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(address.port, address.address, resolve);
  await promise;
  server.on("error", () => {}); // a connection that could not be accepted is its client's loss, not the process's
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

/** A value as JSON. */
export function json(status: number, value: unknown): Reply {
  return { status, type: "application/json", body: `${JSON.stringify(value)}\n` };
}

/** An error as JSON: a code for programs and a sentence for people. */
export function failure(status: number, error: string, message: string): Reply {
  return json(status, { error, message });
}

/** What is answered for a path that no route knows. */
export function notFound(path: string): Reply {
  return failure(404, "not_found", `nothing at \`${path}\``);
}

async function answer(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
  try {
    await send(await replyTo(request, route), request, response);
  } catch {
    response.destroy(); // the reader went away, or a piece could not be made after the head was sent
  }
}

async function replyTo(request: IncomingMessage, route: Route): Promise<Reply> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    const refused = failure(405, "method_not_allowed", `cannot ${request.method} here: only GET and HEAD`);
    return { ...refused, headers: { Allow: "GET, HEAD", Connection: "close" } };
  }
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  try {
    return await route(path, request);
  } catch (error) {
    return failure(500, "internal", error instanceof Error ? error.message : String(error));
  }
}

async function send(reply: Reply, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, type, body, headers } = reply;
  const whole = typeof body === "string" ? { "Content-Length": Buffer.byteLength(body) } : {};
  const common = { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
  response.writeHead(status, { ...common, ...whole, ...headers });
  if (request.method === "HEAD") response.end();
  else if (typeof body === "string") response.end(body);
  else await pipeline(Readable.from(paced(body)), response);
}

/** A turn of the event loop between two pieces: a reader that keeps up must not starve the edge. */
async function* paced(pieces: Iterable<string>): AsyncGenerator<string> {
  for (const piece of pieces) {
    yield piece;
    await setImmediate();
  }
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
