import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Call } from "./call.ts";
import { fieldValue, framed, type WorkerResponse } from "./message.ts";

const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3
const payloadBytesMax = 1 << 20;
const opcode = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/**
 * Odoo's side of the handshake: 101 and then an echo whose first message names the database.
 *
 * What is missing, Origin included, gives 400; a host without a database 404. A foreign Origin passes: that is Odoo.
 */
export function openWebSocket(call: Call): WorkerResponse {
  const { request, database } = call;
  const key = fieldValue(request, "sec-websocket-key");
  const problem =
    (!/\bupgrade\b/i.test(fieldValue(request, "connection")) && "Connection is no upgrade") ||
    (fieldValue(request, "upgrade").toLowerCase() !== "websocket" && "Upgrade is not websocket") ||
    (fieldValue(request, "sec-websocket-version") !== "13" && "Sec-WebSocket-Version is not 13") ||
    (Buffer.from(key, "base64").length !== 16 && "Sec-WebSocket-Key is not 16 bytes") ||
    (fieldValue(request, "origin") === "" && "Origin is missing");
  if (problem !== false) return framed(400, "text/plain", Buffer.from(`${problem}\n`));
  if (database === null) return framed(404, "text/plain", Buffer.from("no database\n"));
  const accept = createHash("sha1")
    .update(key + acceptSuffix)
    .digest("base64");
  return {
    status: 101,
    fields: [
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", accept],
      ["Access-Control-Allow-Origin", "*"],
    ],
    body: Buffer.alloc(0),
    tunnel: (socket) => echo(socket, JSON.stringify({ database, odoo: call.settings.odoo })),
  };
}

function echo(socket: Duplex, greeting: string): void {
  socket.write(frame(0x80 | opcode.text, Buffer.from(greeting)));
  let buffered: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let read = readFrame(buffered); read !== null; read = readFrame(buffered)) {
      buffered = buffered.subarray(read.bytes);
      if (answerFrame(socket, read.first, read.payload) === "closed") return;
    }
  });
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
}

/** Fragments are echoed one by one, so a message in parts comes back in parts. */
function answerFrame(socket: Duplex, first: number, payload: Buffer): "open" | "closed" {
  const kind = first & 0x0f;
  if (kind === opcode.close) {
    socket.end(frame(first, payload));
    return "closed";
  }
  if (kind === opcode.ping) socket.write(frame(0x80 | opcode.pong, payload));
  else if (kind !== opcode.pong) socket.write(frame(first, payload));
  return "open";
}

interface Frame {
  /** FIN, reserved bits and opcode. */
  readonly first: number;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly bytes: number;
}

/** The frame at the start of the bytes, null while it is incomplete. One that breaks the rules becomes a close. */
function readFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  if ((bytes[1]! & 0x80) === 0) return closing(1002, bytes.length); // RFC 6455 section 5.1: clients mask
  const short = bytes[1]! & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + lengthBytes + 4;
  if (bytes.length < start) return null;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (length > payloadBytesMax) return closing(1009, bytes.length);
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let i = 0; i < payload.length; i++) payload[i]! ^= mask[i & 3]!;
  return { first: bytes[0]!, payload, bytes: start + length };
}

function closing(code: number, bytes: number): Frame {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return { first: 0x80 | opcode.close, payload, bytes };
}

function frame(first: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? Buffer.alloc(2) : Buffer.alloc(payload.length < 65_536 ? 4 : 10);
  head[0] = first;
  if (head.length === 2) head[1] = payload.length;
  else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
}
