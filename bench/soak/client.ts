/**
 * The soak's clients: lanes that each do one random thing after another over raw sockets and check every byte that
 * comes back. Prints one SoakResult as JSON.
 */
import { connect, type Socket } from "node:net";
import { ResponseStream } from "./response-stream.ts";
import { type SoakResult, type SoakSettings, soakHost, stampOf, TENANTS } from "./stamps.ts";

const settings = JSON.parse(process.argv[2]!) as SoakSettings;
const failed: Record<string, number> = {};
const kinds: Record<string, number> = {};
let requests = 0;
let crossed = 0;
let bytes = 0;
let state = settings.seed >>> 0;

/** Seeded, so that a run can be repeated as far as the machine's timing allows. */
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function count(record: Record<string, number>, key: string): void {
  record[key] = (record[key] ?? 0) + 1;
}

interface Ask {
  readonly tenant: number;
  readonly kind: string;
  readonly bytes: Buffer;
  /** The worker fails on purpose: any honest failure is right, but never another tenant's byte. */
  readonly mayFail: boolean;
}

function get(tenant: number, kind: string, size: number): Ask {
  const head = `GET /${kind}/${size} HTTP/1.1\r\nHost: ${soakHost(tenant)}\r\n\r\n`;
  return {
    tenant,
    kind,
    bytes: Buffer.from(head),
    mayFail: kind === "reset" || kind === "early" || kind === "garbage",
  };
}

function post(tenant: number, size: number, chunked: boolean): Ask {
  const body = Buffer.alloc(size, stampOf(tenant));
  const framing = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${size}`;
  const head = Buffer.from(
    `POST /echo HTTP/1.1\r\nHost: ${soakHost(tenant)}\r\nContent-Type: application/octet-stream\r\n${framing}\r\n\r\n`,
  );
  const framed = chunked ? [Buffer.from(`${size.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")] : [body];
  return { tenant, kind: chunked ? "post-chunked" : "post", bytes: Buffer.concat([head, ...framed]), mayFail: false };
}

/** The mix: mostly small answers, some of everything else. */
function draw(): Ask {
  const tenant = random(TENANTS);
  const dice = random(1000);
  if (dice < 560) return get(tenant, "length", random(2000));
  if (dice < 680) return get(tenant, "chunked", random(6000));
  if (dice < 760) return get(tenant, "close", random(3000));
  if (dice < 860) return post(tenant, 1 + random(4000), false);
  if (dice < 930) return post(tenant, 1 + random(4000), true);
  if (dice < 950) return get(tenant, "slow", 200);
  if (dice < 970) return get(tenant, "reset", 4000);
  if (dice < 985) return get(tenant, dice < 978 ? "early" : "garbage", 0);
  return dice < 998 ? get(tenant, "length", 100_000) : post(tenant, 1_200_000, dice === 998);
}

/** Judges one response that ended well, or what of it came. */
function judge(ask: Ask, stream: ResponseStream, whole: boolean): void {
  requests++;
  count(kinds, ask.kind);
  bytes += stream.bodyBytes;
  crossed += stream.foreign;
  const stamp = stream.header("x-stamp");
  if (stamp !== null && stamp !== String(ask.tenant)) crossed++;
  crossed += Number(stream.header("x-foreign") ?? 0);
  if (ask.mayFail) return;
  if (!whole) count(failed, `${ask.kind}: cut after ${stream.status === 0 ? "nothing" : stream.status}`);
  else if (stream.status !== 200) count(failed, `${ask.kind}: ${stream.status}`);
}

/** One connection: a pipeline of some requests, to different tenants, answered in order. */
function lane(): void {
  if (requests >= settings.requests) return;
  const asks = Array.from({ length: random(10) < 2 ? 1 + random(5) : 1 }, draw);
  const abortAt = random(100) < 3 ? random(2000) : Number.POSITIVE_INFINITY;
  const socket = connect({ port: settings.port, host: "127.0.0.1", noDelay: true });
  const more = 1 + random(20);
  converse(socket, asks, more, abortAt);
}

function converse(socket: Socket, first: readonly Ask[], rounds: number, abortAt: number): void {
  let waiting = [...first];
  let left = rounds;
  let seen = 0;
  let stream = new ResponseStream(stampOf(waiting[0]!.tenant));
  const send = () => {
    // Some clients are slow: their request comes in two pieces.
    for (const ask of waiting) {
      const cut = random(20) === 0 ? random(ask.bytes.length) : ask.bytes.length;
      socket.write(ask.bytes.subarray(0, cut));
      if (cut < ask.bytes.length) socket.write(ask.bytes.subarray(cut));
    }
  };
  socket.on("connect", send);
  socket.on("data", (data) => {
    seen += data.length;
    let from = 0;
    while (waiting.length > 0 && from < data.length) {
      from = stream.read(data, from);
      if (!stream.done) break;
      judge(waiting.shift()!, stream, true);
      if (stream.closes) return void socket.destroy();
      if (waiting.length === 0) {
        if (--left === 0 || requests >= settings.requests) return void socket.end();
        waiting = [draw()];
        send();
      }
      stream = new ResponseStream(stampOf(waiting[0]!.tenant));
    }
    if (seen > abortAt) {
      count(kinds, "aborted");
      for (const ask of waiting) requests += ask.mayFail ? 0 : 1;
      waiting = [];
      socket.destroy();
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    const [current, ...rest] = waiting;
    if (current !== undefined && !stream.done) judge(current, stream, false);
    // What was pipelined behind a failure is not answered: RFC 9112 section 9.3.2 lets the client ask again.
    for (const _ of rest) count(kinds, "unanswered behind a failure");
    lane();
  });
}

/** A WebSocket that says something some times and checks what it hears. */
function tunnel(): void {
  if (requests >= settings.requests) return;
  const tenant = random(TENANTS);
  const socket = connect({ port: settings.port, host: "127.0.0.1" });
  let left = 1 + random(30);
  let heard = 0;
  let head = "";
  const say = () => socket.write(Buffer.from([0x82, 0x84, 0, 0, 0, 0, 1, 2, 3, 4]));
  const handshake = `GET /websocket HTTP/1.1\r\nHost: ${soakHost(tenant)}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
  socket.on("connect", () => socket.write(handshake));
  socket.on("data", (data) => {
    let from = 0;
    if (!head.includes("\r\n\r\n")) {
      head += data.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!head.includes(`X-Stamp: ${tenant}\r\n`)) crossed += head.includes("X-Stamp") ? 1 : 0;
      from = data.length - (head.length - end - 4);
      if (head.startsWith("HTTP/1.1 101")) say();
      else count(failed, `websocket: ${head.slice(9, 12)}`);
    }
    for (let i = from; i < data.length; i++, heard++) {
      const place = heard % 102;
      const close = place === 0 && data[i] === 0x88;
      if (close) return void socket.destroy();
      const expected = place === 0 ? 0x82 : place === 1 ? 100 : stampOf(tenant);
      if (data[i] !== expected) crossed++;
    }
    bytes += data.length - from;
    if (heard > 0 && heard % 102 === 0) {
      if (--left <= 0) return void (random(2) === 0 ? socket.destroy() : socket.end());
      say();
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    requests++;
    count(kinds, "websocket");
    setTimeout(tunnel, 5);
  });
}

const startMs = performance.now();
for (let i = 0; i < settings.lanes; i++) lane();
for (let i = 0; i < 4; i++) tunnel();
process.on("exit", () => {
  const result: SoakResult = { requests, crossed, bytes, failed, kinds, seconds: (performance.now() - startMs) / 1000 };
  console.log(JSON.stringify(result));
});
