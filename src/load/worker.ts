/**
 * A worker to measure edges with: it answers as cheaply as Node can, says in two fields its own name and the Host that it
 * saw, and keeps its connections or, like a prefork Odoo, ends each after one answer.
 */
import { createServer, type Server, type Socket } from "node:net";
import { WorkerRequestReader } from "./worker-request.ts";

export interface WorkerSettings {
  readonly name: string;
  readonly connections: "keep" | "close";
  readonly bodyBytes: number;
}

const backlog = 4096;

/** A server that is not yet listening. */
export function createBenchWorker(settings: WorkerSettings): Server {
  const body = "x".repeat(settings.bodyBytes);
  return createServer({ noDelay: true }, (socket) => serve(socket, settings, body));
}

/** Starts to listen on loopback, with room for a burst of connections; port 0 takes a free one. */
export async function listenBenchWorker(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", backlog, resolve);
  });
  return (server.address() as { port: number }).port;
}

function serve(socket: Socket, settings: WorkerSettings, body: string): void {
  const reader = new WorkerRequestReader();
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    for (let request = reader.push(bytes); request !== null; request = reader.push(null)) {
      const answer = answerTo(request.method, request.host, settings, body);
      if (settings.connections === "keep") socket.write(answer, "latin1");
      else return void socket.end(answer, "latin1");
    }
  });
}

function answerTo(
  method: string,
  host: string,
  { name, connections, bodyBytes }: WorkerSettings,
  body: string,
): string {
  const version = connections === "keep" ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.0 200 OK\r\nConnection: close\r\n";
  const fields = `Content-Type: text/plain\r\nContent-Length: ${bodyBytes}\r\nX-Bench-Worker: ${name}\r\nX-Bench-Host: ${host}`;
  return `${version}${fields}\r\n\r\n${method === "HEAD" ? "" : body}`;
}
