import type { Socket } from "node:net";
import { answer, type RecordedRequest, type WorkerAction, type WorkerScript } from "./recording-worker.ts";
import { fieldValues } from "./strict-http.ts";
import type { TrafficEntry } from "./traffic.ts";
import { webSocketAccept, webSocketFrame } from "./websocket.ts";

/** Field that the replay adds to a request, to name its entry to the worker. */
export const entryField = "X-Test-Entry";

/** A worker's script that answers as the recorded Odoo did, with what it received and sent. */
export interface TrafficScript extends WorkerScript {
  /** Requests by entry. */
  readonly received: Map<number, RecordedRequest>;
  /** Bytes of client frames by entry. */
  readonly frameBytes: Map<number, number>;
}

const pattern = Buffer.from(Array.from({ length: 251 }, (_, i) => i));

/** A body of `length` bytes in which no shift or cut goes unseen. */
export function fillerBody(length: number): Buffer {
  return Buffer.alloc(length, pattern);
}

/** The bytes of all frames that one side of a recorded socket sent. */
export function framesOf(entry: TrafficEntry, side: "c2s" | "s2c"): Buffer {
  const frames = entry.frames?.filter(([, from]) => from === side) ?? [];
  const from = side === "c2s" ? "client" : "server";
  return Buffer.concat(frames.map(([, , opcode, length]) => webSocketFrame(opcode, length, from)));
}

/** The recorded answer: HTTP/1.0, ended by the close of the connection. */
function recordedAnswer(entry: TrafficEntry): WorkerAction[] {
  const lines = entry.answerFields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = Buffer.from(`HTTP/1.0 ${entry.status} Recorded\r\n${lines}\r\n`, "latin1");
  return [{ write: Buffer.concat([head, fillerBody(entry.answerLength)]) }, { end: "close" }];
}

/** Starts a script that knows these entries. */
export function trafficScript(entries: readonly TrafficEntry[]): TrafficScript {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const received = new Map<number, RecordedRequest>();
  const frameBytes = new Map<number, number>();
  const openSocket = (entry: TrafficEntry, request: RecordedRequest): WorkerAction[] => {
    const [key = ""] = fieldValues(request.fields, "sec-websocket-key");
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${webSocketAccept(key)}\r\n\r\n`;
    const take = (socket: Socket, first: Buffer) => {
      const count = (chunk: Buffer) => frameBytes.set(entry.id, (frameBytes.get(entry.id) ?? 0) + chunk.length);
      count(first);
      socket.on("data", count);
      socket.write(framesOf(entry, "s2c"));
    };
    return [{ write: head }, { take }];
  };
  return {
    received,
    frameBytes,
    onRequest(request) {
      const entry = byId.get(Number(fieldValues(request.fields, entryField.toLowerCase())[0]));
      if (entry === undefined) return answer(200, "", "close");
      received.set(entry.id, request);
      return entry.frames === null ? recordedAnswer(entry) : openSocket(entry, request);
    },
  };
}
