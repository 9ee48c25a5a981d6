/**
 * A worker whose every byte is the stamp of the tenant that its Host names, and that misbehaves when asked to.
 *
 * Paths: `/length/N`, `/chunked/N`, `/close/N` (ended by the connection's end), `/slow/N`, `/echo` (counts the foreign
 * bytes of the request), `/reset/N` (fails in the middle), `/early` (fails before the head), `/garbage`.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { foreignBytes, stampOf, tenantOf } from "./stamps.ts";

const { keepAlive } = JSON.parse(process.argv[2]!) as { readonly keepAlive: boolean };
const SLOW_MS = 20;

function stamped(tenant: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, stampOf(tenant));
}

async function foreignIn(request: IncomingMessage, tenant: number): Promise<{ bytes: number; foreign: number }> {
  let bytes = 0;
  let foreign = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    foreign += foreignBytes(chunk, 0, chunk.length, stampOf(tenant));
  }
  return { bytes, foreign };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const tenant = tenantOf(request.headers.host ?? "");
  const forwarded = tenantOf(String(request.headers["x-forwarded-host"] ?? ""));
  const { bytes, foreign } = await foreignIn(request, tenant);
  const [, kind = "", size = "0"] = request.url!.split("/");
  const count = Number(size);
  if (kind === "early") return void request.socket.destroy();
  if (kind === "garbage") return void request.socket.end("this is no response\r\n\r\n");
  response.sendDate = false;
  response.setHeader("X-Stamp", String(tenant));
  response.setHeader("X-Foreign", String(foreign + (forwarded === tenant ? 0 : 1)));
  if (!keepAlive) response.setHeader("Connection", "close");
  const body = stamped(tenant, kind === "echo" ? bytes : count);
  if (kind === "slow") setTimeout(() => response.end(body), SLOW_MS);
  else if (kind === "chunked") sendInPieces(response, body);
  else if (kind === "close") sendUntilClose(response, body);
  else if (kind === "reset") sendHalf(response, body);
  else response.setHeader("Content-Length", body.length).end(body);
}

function sendInPieces(response: ServerResponse, body: Buffer): void {
  for (let from = 0; from < body.length; from += 1500) response.write(body.subarray(from, from + 1500));
  response.end();
}

function sendUntilClose(response: ServerResponse, body: Buffer): void {
  response.useChunkedEncodingByDefault = false;
  response.setHeader("Connection", "close");
  response.end(body);
}

function sendHalf(response: ServerResponse, body: Buffer): void {
  response.setHeader("Content-Length", body.length);
  response.write(body.subarray(0, body.length >> 1), () => response.socket?.resetAndDestroy());
}

/** A WebSocket that answers each frame's bytes with as many stamps, one frame for what one read brings. */
function upgrade(request: IncomingMessage, socket: Socket): void {
  const tenant = tenantOf(request.headers.host ?? "");
  const accept = createHash("sha1").update(
    `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
  );
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Stamp: ${tenant}\r\n` +
      `Sec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
  );
  socket.on("data", (bytes) => {
    if (bytes[0] === 0x88) return void socket.end();
    socket.write(Buffer.concat([Buffer.from([0x82, 100]), stamped(tenant, 100)]));
  });
  socket.on("error", () => socket.destroy());
}

const server = createServer((request, response) => {
  serve(request, response).catch(() => request.socket.destroy());
});
server.on("upgrade", upgrade);
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4096, () => console.log((server.address() as AddressInfo).port));
