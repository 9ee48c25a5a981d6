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

function serve(socket: Socket): void {
  let text = "";
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      const bytes = text.startsWith("GET /large ") ? LARGE_BYTES : BODY_BYTES;
      const host = hostIn(text.slice(0, end + 2));
      const key = `${bytes} ${host}`;
      text = text.slice(end + 4);
      const answer = answers.get(key) ?? answerFor(host, bytes);
      answers.set(key, answer);
      if (serviceMs > 0) setTimeout(send, serviceMs * (0.5 + Math.random()), socket, answer);
      else send(socket, answer);
    }
  });
}

const server = createServer(serve).listen(0, "127.0.0.1", 4096, () => {
  console.log((server.address() as AddressInfo).port);
});
