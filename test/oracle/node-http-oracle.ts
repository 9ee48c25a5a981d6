import { createServer, type IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import type { StrictField } from "../support/strict-http.ts";
import type { Oracle, Verdict } from "./reading.ts";

/** A socket in memory: it delivers one request's bytes, ends, and takes what is written. */
class OneShotSocket extends Duplex {
  constructor(raw: string) {
    super();
    this.push(Buffer.from(raw, "latin1"));
    this.push(null);
  }
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    done();
  }
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
}

function readFields({ rawHeaders }: IncomingMessage): StrictField[] {
  const fields: StrictField[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    fields.push([rawHeaders[i]!.toLowerCase(), rawHeaders[i + 1]!.replace(/[ \t]+$/, "")]);
  }
  return fields;
}

/** What has been parsed of a request by now. A fault in what follows it on the connection does not take that back. */
function readingOf(request: IncomingMessage): Verdict {
  const { method = "", url: target = "" } = request;
  const body = (request.read() as Buffer | null)?.toString("latin1") ?? "";
  return { reading: { method, target, fields: readFields(request), body } };
}

const settings = { maxHeaderSize: 128 * 1024, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };

function readOne(raw: string): Promise<Verdict> {
  const { promise, resolve } = Promise.withResolvers<Verdict>();
  const server = createServer(settings);
  server.maxHeadersCount = 0;
  let first: IncomingMessage | null = null;
  const onRequest = (request: IncomingMessage) => {
    first ??= request;
    request.on("error", () => undefined);
  };
  // A known, an unknown and no expectation: the head was read in all three cases.
  for (const event of ["request", "checkContinue", "checkExpectation", "connect"]) server.on(event, onRequest);
  const finish = (refused: string) => resolve(first === null ? { refused } : readingOf(first));
  server.on("clientError", (error) => finish(error.message));
  const socket = new OneShotSocket(raw);
  server.emit("connection", socket);
  socket.on("end", () => finish("no request"));
  socket.on("close", () => finish("no request"));
  return promise.finally(() => socket.destroy());
}

/** Asks `node:http`, in memory and without a network. Of several requests on a connection only the first counts. */
export const askNodeHttp: Oracle = async (raws) => {
  const verdicts: Verdict[] = [];
  for (const raw of raws) verdicts.push(await readOne(raw));
  return verdicts;
};
