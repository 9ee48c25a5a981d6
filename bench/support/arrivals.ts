/**
 * Open arrivals over raw sockets: a request is due at each tick, whatever became of those before, and its latency runs
 * from when it was due. Connections are kept, unless each request is to have one of its own; where none is idle a new one
 * is opened. Every answer is checked.
 */
import { connect, type Socket } from "node:net";
import type { LoadTarget } from "./load.ts";

export interface ArrivalSettings {
  readonly port: number;
  readonly target: LoadTarget;
  readonly perSecond: number;
  readonly seconds: number;
  /** Statuses that are right besides 200: a flood is meant to be refused. */
  readonly refusals: readonly number[];
  /** Body of a POST; a GET without one. */
  readonly body: string;
  /** Requests without an answer, beyond which no more are sent. */
  readonly openMax: number;
  /** `close`: the last request of its connection, so that each has a new one. */
  readonly connection?: "close";
  /** Addresses from 127.0.0.1 on that connections come from in turn, as each has some 28,000 ports; 1 where it is left out. */
  readonly addresses?: number;
}

export interface ArrivalResult {
  readonly sent: number;
  readonly served: number;
  /** Answered with one of `refusals`. */
  readonly refused: number;
  /** No complete answer, another status, or another worker's. */
  readonly errors: number;
  /** Due, but not sent for `openMax`. */
  readonly skipped: number;
  readonly connects: number;
  /** Milliseconds of the requests that were served. */
  readonly p50: number;
  readonly p99: number;
}

const settings = JSON.parse(process.argv[2]!) as ArrivalSettings;
const { port, target, perSecond, seconds, refusals, body, openMax, connection, addresses = 1 } = settings;
const close = connection === "close" ? "Connection: close\r\n" : "";
const head = `Host: ${target.host}\r\nUser-Agent: bench\r\nAccept: */*\r\nCookie: session_id=bench\r\n${close}`;
const request =
  body === ""
    ? `GET /web/content/1 HTTP/1.1\r\n${head}\r\n`
    : `POST /web/content/1 HTTP/1.1\r\n${head}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const TICK_MS = 2;
const PATIENCE_MS = 20_000;

const idle: Line[] = [];
const latenciesMs: number[] = [];
let [sent, served, refused, errors, skipped, connects, open] = [0, 0, 0, 0, 0, 0, 0];

/** One connection, with at most one request on its way. */
class Line {
  readonly #socket: Socket;
  #text = "";
  #dueMs = 0;

  constructor() {
    const localAddress = `127.0.0.${1 + (connects++ % addresses)}`;
    this.#socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
    this.#socket.on("data", (bytes) => this.#onData(bytes));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#onClose());
  }

  ask(dueMs: number): void {
    this.#dueMs = dueMs;
    this.#text = "";
    open++;
    sent++;
    this.#socket.write(request, "latin1");
  }

  #onData(bytes: Buffer): void {
    this.#text += bytes.toString("latin1");
    const headEnd = this.#text.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1] ?? 0);
    if (this.#text.length < headEnd + 4 + length || this.#dueMs === 0) return;
    this.#judge(headEnd);
    if (/\r\nconnection: close/i.test(this.#text.slice(0, headEnd))) this.#socket.destroy();
    else idle.push(this);
  }

  #judge(headEnd: number): void {
    const status = Number(this.#text.slice(9, 12));
    open--;
    if (status === 200 && this.#text.startsWith(target.stamp, headEnd + 4)) {
      served++;
      latenciesMs.push(performance.now() - this.#dueMs);
    } else if (refusals.includes(status)) refused++;
    else errors++;
    this.#dueMs = 0;
  }

  #onClose(): void {
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
    if (this.#dueMs === 0) return;
    open--;
    errors++;
  }
}

const startMs = performance.now() + 10;
let due = 0;
const total = Math.round(perSecond * seconds);
const ticker = setInterval(() => {
  const nowMs = performance.now();
  for (; due < total; due++) {
    const dueMs = startMs + (due * 1000) / perSecond;
    if (dueMs > nowMs) return;
    if (open >= openMax) skipped++;
    else (idle.pop() ?? new Line()).ask(dueMs);
  }
  if (open > 0 && nowMs < startMs + seconds * 1000 + PATIENCE_MS) return;
  clearInterval(ticker);
  finish();
}, TICK_MS);

function finish(): void {
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? 0;
  const result: ArrivalResult = {
    sent,
    served,
    refused,
    errors: errors + open,
    skipped,
    connects,
    p50: at(0.5),
    p99: at(0.99),
  };
  console.log(JSON.stringify(result));
  process.exit();
}
