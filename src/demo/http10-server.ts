import { STATUS_CODES } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { type Application, html, responseHead, type WorkerResponse } from "./message.ts";
import { RequestReader } from "./request-reader.ts";

/** Silence after which a prefork worker gives a client up, in either direction. */
const stallMs = 2_000;

/**
 * A server that treats connections as Odoo's prefork workers do: HTTP/1.0, one request each, closed after the answer.
 *
 * At most `workers` connections are looked at; the others wait unread, as in the kernel's accept backlog.
 */
export function createHttp10Server(application: Application, workers: number): Server {
  const waiting: Socket[] = [];
  let busy = 0;
  const next = (): void => {
    while (busy < workers && waiting.length > 0) {
      const socket = waiting.shift()!;
      if (socket.destroyed) continue;
      busy++;
      socket.once("close", () => {
        busy--;
        next();
      });
      serveOne(socket, application);
    }
  };
  return createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    waiting.push(socket);
    next();
  });
}

function serveOne(socket: Socket, application: Application): void {
  const reader = new RequestReader();
  const finish = (answer: Promise<WorkerResponse>, method: string): void => {
    socket.off("data", read).off("end", giveUp).off("timeout", giveUp).setTimeout(0).pause();
    answer.then((response) => respond(socket, response, method));
  };
  const giveUp = (): void => {
    if (reader.inBody) finish(refusal(400), "GET");
    else socket.destroy();
  };
  const read = (chunk: Buffer): void => {
    const outcome = reader.push(chunk);
    if (typeof outcome === "number") finish(refusal(outcome), "GET");
    else if (outcome !== null) finish(application(outcome), outcome.method);
    else if (reader.expectsContinue) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
  };
  socket.on("data", read).on("end", giveUp).setTimeout(stallMs, giveUp).resume();
}

function respond(socket: Socket, response: WorkerResponse, method: string): void {
  socket.setTimeout(stallMs, () => socket.destroy()).cork();
  socket.write(responseHead("HTTP/1.0", response, [["Connection", "close"]]), "latin1");
  if (method === "HEAD") socket.destroySoon();
  else if (Buffer.isBuffer(response.body)) {
    socket.write(response.body);
    socket.destroySoon();
  } else {
    socket.uncork();
    pipeline(response.body, socket, () => socket.destroy());
  }
}

async function refusal(status: 400 | 431): Promise<WorkerResponse> {
  return html(status, `<!doctype html>\n<title>${status} ${STATUS_CODES[status]}</title>\n`);
}
