/** A worker for WebSockets: it takes every upgrade, and answers whatever comes with one short frame. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { webSocketAccept, webSocketFrame } from "../../../test/support/websocket.ts";

const TEXT = 1;
const reply = webSocketFrame(TEXT, 2, "server");
const server = createServer((_request, response) => response.end("healthy"));
server.on("upgrade", (request, socket) => {
  const accept = webSocketAccept(`${request.headers["sec-websocket-key"]}`);
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
  socket.write(head, "latin1");
  socket.on("data", () => socket.write(reply));
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", 4096, () => console.log((server.address() as AddressInfo).port));
