import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Duplex, pipeline } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Application, type Field, responseHead, type WorkerRequest } from "./message.ts";

/** A server that treats connections as Odoo's realtime process does: HTTP/1.1, kept open, every route, WebSockets. */
export function createRealtimeServer(application: Application): Server {
  const server = createServer({ keepAliveTimeout: 0 }, (message, response) => {
    serve(message, response, application).catch(() => message.destroy());
  });
  server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    serveUpgrade(message, socket, head, application).catch(() => socket.destroy());
  });
  return server;
}

async function serve(message: IncomingMessage, response: ServerResponse, application: Application): Promise<void> {
  const answer = await application(toRequest(message, await buffer(message)));
  response.sendDate = false;
  response.removeHeader("Connection"); // kept open without a word, as gevent does
  response.writeHead(answer.status, answer.fields.flat());
  if (Buffer.isBuffer(answer.body)) response.end(answer.body);
  else pipeline(answer.body, response, () => {});
}

async function serveUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer, application: Application) {
  const answer = await application(toRequest(message, Buffer.alloc(0)));
  if (answer.tunnel !== undefined) {
    socket.write(responseHead("HTTP/1.1", answer, []), "latin1");
    if (head.length > 0) socket.unshift(head);
    answer.tunnel(socket);
    return;
  }
  socket.write(responseHead("HTTP/1.1", answer, [["Connection", "close"]]), "latin1");
  if (Buffer.isBuffer(answer.body)) socket.end(answer.body);
  else pipeline(answer.body, socket, () => {});
}

function toRequest(message: IncomingMessage, body: Buffer): WorkerRequest {
  const { rawHeaders } = message;
  const fields = rawHeaders.flatMap((name, i): Field[] => (i % 2 === 0 ? [[name, rawHeaders[i + 1]!]] : []));
  return { method: message.method!, target: message.url!, fields, body };
}
