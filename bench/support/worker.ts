/**
 * A worker that costs as little as possible: it answers every request with 1 KiB that begins with its own name and the
 * Host that it saw, or 512 KiB of them for `/large`, and either keeps its connections or, like a prefork Odoo worker, ends
 * them; after a while where it is to take its time.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface WorkerSettings {
  readonly name: string;
  readonly keepAlive: boolean;
  /** How long a request takes it, by half more or less at random; at once where it is left out. */
  readonly serviceMs?: number;
}

const BODY_BYTES = 1024;
const LARGE_BYTES = 512 * 1024;
const { name, keepAlive, serviceMs = 0 } = JSON.parse(process.argv[2]!) as WorkerSettings;
const answers = new Map<string, string>();

function answerFor(host: string, bytes: number): string {
  const body = `${name} ${host}\n`.padEnd(bytes, "x");
  const connection = keepAlive ? "" : "Connection: close\r\n";
  return `HTTP/1.${keepAlive ? 1 : 0} 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${bytes}\r\n${connection}\r\n${body}`;
}

function hostIn(head: string): string {
  const start = Math.max(head.indexOf("\r\nHost: "), head.indexOf("\r\nhost: ")) + 8;
  return head.slice(start, head.indexOf("\r\n", start));
}

function send(socket: Socket, answer: string): void {
  if (keepAlive) socket.write(answer, "latin1");
  else socket.end(answer, "latin1");
}

/** How many bytes of body follow a head, or `CHUNKED`: loads send no body in which a last chunk could stand. */
function bodyLength(head: string): number {
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return CHUNKED;
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

const CHUNKED = -1;
const LAST_CHUNK = "\r\n0\r\n\r\n";

/** One connection: heads are read, bodies counted and thrown away. */
class Line {
  readonly #socket: Socket;
  #text = "";
  /** The answer to the request whose body is coming. */
  #answer = "";
  #bodyLeft = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => this.#onData(bytes));
  }

  #onData(bytes: Buffer): void {
    if (this.#bodyLeft > bytes.length) {
      this.#bodyLeft -= bytes.length;
      return;
    }
    this.#text += bytes.toString("latin1");
    while (this.#passBody() && this.#readHead()) {}
  }

  /** Whether no body is in the way of the next head; answers when one has ended. */
  #passBody(): boolean {
    if (this.#answer === "") return true;
    const chunked = this.#bodyLeft === CHUNKED;
    const end = chunked ? this.#text.indexOf(LAST_CHUNK) + LAST_CHUNK.length : this.#bodyLeft;
    if (chunked ? end < LAST_CHUNK.length : this.#text.length < end) {
      if (!chunked) this.#bodyLeft -= this.#text.length;
      this.#text = chunked ? this.#text.slice(1 - LAST_CHUNK.length) : "";
      return false;
    }
    this.#text = this.#text.slice(end);
    this.#bodyLeft = 0;
    if (serviceMs > 0) setTimeout(send, serviceMs * (0.5 + Math.random()), this.#socket, this.#answer);
    else send(this.#socket, this.#answer);
    this.#answer = "";
    return true;
  }

  #readHead(): boolean {
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.#text.slice(0, end + 2);
    const bytes = head.startsWith("GET /large ") ? LARGE_BYTES : BODY_BYTES;
    const key = `${bytes} ${hostIn(head)}`;
    this.#answer = answers.get(key) ?? answerFor(hostIn(head), bytes);
    answers.set(key, this.#answer);
    this.#bodyLeft = bodyLength(head);
    this.#text = this.#text.slice(end + 4);
    return true;
  }
}

const server = createServer((socket) => new Line(socket)).listen(0, "127.0.0.1", 4096, () => {
  console.log((server.address() as AddressInfo).port);
});
