/** Many WebSockets that are opened, lie idle, and are asked for a sign of life in the end. Prints a line after each part. */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { webSocketAccept, webSocketFrame } from "../../../test/support/websocket.ts";

export interface SocketSettings {
  readonly port: number;
  readonly hosts: readonly string[];
  readonly sockets: number;
  /** Addresses from 127.0.0.1 on that they come from. */
  readonly addresses: number;
}

/** After opening: those that were accepted. After the sign of life: those that gave one. */
export interface SocketCount {
  readonly right: number;
  readonly failed: number;
}

const settings = JSON.parse(process.argv[2]!) as SocketSettings;
const { port, hosts, sockets, addresses } = settings;
const key = Buffer.alloc(16, "hostward").toString("base64");
const accepted = `\r\nsec-websocket-accept: ${webSocketAccept(key).toLowerCase()}\r\n`;
const STEP = 20;
const STEP_MS = 10;
const PATIENCE_MS = 15_000;
const TEXT = 1;
const question = webSocketFrame(TEXT, 2, "client");

const all: Socket[] = [];
let right = 0;
let failed = 0;

function open(index: number): void {
  const localAddress = `127.0.0.${1 + (index % addresses)}`;
  const socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
  const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`;
  socket.write(`GET /websocket HTTP/1.1\r\nHost: ${hosts[index % hosts.length]}\r\n${fields}\r\n\r\n`, "latin1");
  socket.once("data", (bytes) => {
    const head = bytes.toString("latin1");
    if (head.startsWith("HTTP/1.1 101 ") && head.toLowerCase().includes(accepted)) right++;
    else failed++;
  });
  socket.on("error", () => socket.destroy());
  all.push(socket);
}

/** Waits until all have been right or failed, or for so long; what says nothing has failed. */
function report(then: () => void): void {
  const startMs = performance.now();
  const watch = setInterval(() => {
    if (right + failed < sockets && performance.now() < startMs + PATIENCE_MS) return;
    clearInterval(watch);
    const count: SocketCount = { right, failed: sockets - right };
    console.log(JSON.stringify(count));
    then();
  }, STEP_MS);
}

function askAll(): void {
  right = 0;
  failed = 0;
  for (const socket of all) {
    socket.once("data", () => right++);
    if (socket.destroyed) failed++;
    else socket.write(question);
  }
  report(() => process.exit());
}

const filler = setInterval(() => {
  for (let i = 0; i < STEP && all.length < sockets; i++) open(all.length);
  if (all.length < sockets) return;
  clearInterval(filler);
  report(() => createInterface({ input: process.stdin }).once("line", askAll));
}, STEP_MS);
