/**
 * A worker to measure edges with: it answers as cheaply as Node can, says in two fields its own name and the Host that it
 * saw, and keeps its connections or, like a prefork Odoo, ends each after one answer. To a request of the Odoo mix it
 * answers with the status and the size that Odoo answered with, after the time that Odoo took where that is wanted.
 */
import { createHash } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout } from "node:timers";
import { type MixRequest, mixField, readOdooMix } from "./odoo-mix.ts";
import { seededRandom } from "./random.ts";
import { picker } from "./traffic.ts";
import { type WorkerRequest, WorkerRequestReader } from "./worker-request.ts";

export interface WorkerSettings {
  readonly name: string;
  readonly connections: "keep" | "close";
  /** Of an answer to what is no request of the mix. */
  readonly bodyBytes: number;
  /** `odoo`: as long as Odoo took for this request of the mix, or for one drawn from the mix. */
  readonly serviceTimes: "none" | "odoo";
}

const backlog = 4096;
const inlineMax = 16 * 1024;
const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3
const reasons: Readonly<Record<number, string>> = { 101: "Switching Protocols", 200: "OK", 304: "Not Modified" };

/** A server that is not yet listening. */
export function createBenchWorker(settings: WorkerSettings): Server {
  const worker = new BenchWorker(settings);
  return createServer({ noDelay: true }, (socket) => worker.serve(socket));
}

/** Starts to listen on loopback, with room for a burst of connections; port 0 takes a free one. Returns the port. */
export async function listenBenchWorker(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", backlog, resolve);
  });
  return (server.address() as { port: number }).port;
}

class BenchWorker {
  readonly #settings: WorkerSettings;
  readonly #mix: readonly MixRequest[] = readOdooMix().requests;
  readonly #draw: () => number;
  readonly #large: Buffer;
  /** Small bodies by their size: there are few sizes. */
  readonly #bodies = new Map<number, string>();

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    const largest = Math.max(settings.bodyBytes, ...this.#mix.map(({ answerBytes }) => answerBytes));
    this.#large = Buffer.alloc(largest, "x");
    const weights = this.#mix.map(({ weight }) => weight);
    this.#draw = picker(weights, seededRandom(1));
  }

  serve(socket: Socket): void {
    const reader = new WorkerRequestReader();
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      for (let request = reader.push(bytes); request !== null; request = reader.push(null))
        this.#answer(socket, request);
      if (reader.isMalformed) socket.destroy();
    });
  }

  #answer(socket: Socket, request: WorkerRequest): void {
    const index = request.field(mixField);
    const known = index === "" ? undefined : this.#mix[Number(index)];
    const answer = this.#answerTo(request, known);
    const last = this.#settings.connections === "close" && known?.status !== 101;
    if (this.#settings.serviceTimes === "none") return send(socket, answer, last);
    const { serviceMs } = known ?? this.#mix[this.#draw()]!;
    setTimeout(send, serviceMs, socket, answer, last);
  }

  #answerTo(request: WorkerRequest, known: MixRequest | undefined): Answer {
    const { name, connections, bodyBytes } = this.#settings;
    const status = known?.status ?? 200;
    const stamp = `X-Bench-Worker: ${name}\r\nX-Bench-Host: ${request.host}\r\n\r\n`;
    const head = `${status} ${reasons[status] ?? "Answer"}\r\n`;
    if (status === 101) return { head: `HTTP/1.1 ${head}${upgradeFields(request.field("sec-websocket-key"))}${stamp}` };
    const version = connections === "keep" ? "1.1 " : "1.0 ";
    const close = connections === "keep" ? "" : "Connection: close\r\n";
    if (status === 204 || status === 304) return { head: `HTTP/${version}${head}${close}${stamp}` };
    const bytes = known?.answerBytes ?? bodyBytes;
    const fields = `Content-Type: text/plain\r\nContent-Length: ${bytes}\r\n${close}`;
    const whole = `HTTP/${version}${head}${fields}${stamp}`;
    if (request.method === "HEAD") return { head: whole };
    return bytes <= inlineMax
      ? { head: whole + this.#small(bytes) }
      : { head: whole, body: this.#large.subarray(0, bytes) };
  }

  /** One string is the cheapest write there is, while it is small. */
  #small(bytes: number): string {
    const known = this.#bodies.get(bytes);
    if (known !== undefined) return known;
    const made = "x".repeat(bytes);
    this.#bodies.set(bytes, made);
    return made;
  }
}

/** What is written at once; a large body is not copied. */
interface Answer {
  readonly head: string;
  readonly body?: Buffer;
}

function upgradeFields(key: string): string {
  const accept = createHash("sha1")
    .update(key + acceptSuffix)
    .digest("base64");
  return `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
}

function send(socket: Socket, { head, body }: Answer, last: boolean): void {
  if (body === undefined) {
    if (last) socket.end(head, "latin1");
    else socket.write(head, "latin1");
    return;
  }
  socket.cork();
  socket.write(head, "latin1");
  socket.write(body);
  socket.uncork();
  if (last) socket.end();
}
