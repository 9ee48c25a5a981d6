import { createHash } from "node:crypto";

/** What a server answers to a client's Sec-WebSocket-Key (RFC 6455 section 4.2.2). */
export function webSocketAccept(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** One frame of `length` bytes of payload (RFC 6455 section 5.2); clients mask theirs. */
export function webSocketFrame(opcode: number, length: number, from: "client" | "server"): Buffer {
  const masked = from === "client" ? 0x80 : 0;
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = masked | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(masked === 0 ? 0 : 4), Buffer.alloc(length, 0x61)]);
}
