import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { request } from "./live-client.ts";
import type { RecordedRequest, WorkerAction } from "./recording-worker.ts";
import { webSocketAccept } from "./websocket.ts";

/** The example key of RFC 6455 section 1.3. */
export const exampleKey = "dGhlIHNhbXBsZSBub25jZQ==";

/** An upgrade as a browser sends it. */
export function upgrade(path = "/websocket", fields: readonly string[] = []): string {
  const asked = ["Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  return request(`GET ${path}`, [...asked, `Sec-WebSocket-Key: ${exampleKey}`, ...fields]);
}

/** A worker's 101 with an accept value that belongs to the key, then the socket is `use`d. */
export function accepting(use: (socket: Socket) => void) {
  return ({ fields }: RecordedRequest): WorkerAction[] => {
    const key = fields.find(([name]) => name === "Sec-WebSocket-Key")?.[1] ?? "";
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${webSocketAccept(key)}\r\n\r\n`;
    return [
      { write: head },
      {
        take: (socket, first) => {
          use(socket);
          if (first.length > 0) socket.emit("data", first);
        },
      },
    ];
  };
}

/** A frame with a random payload (RFC 6455 section 5.2), masked with zeros when it is a client's. */
export function randomFrame(length: number, from: "client" | "server"): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x82;
  head[1] = (from === "client" ? 0x80 : 0) | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(from === "client" ? 4 : 0), randomBytes(length)]);
}
