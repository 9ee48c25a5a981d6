/** One connection that asks again as soon as it is answered, and notes how long it had to wait between two answers. */
import { connect } from "node:net";
import { plainGet, requestBytes } from "../../support/load-requests.ts";

export interface GapSettings {
  readonly port: number;
  readonly host: string;
  /** After this many at most, it ends by itself; a line on standard input ends it before. */
  readonly secondsMax: number;
}

export interface GapResult {
  readonly answers: number;
  readonly errors: number;
  /** Milliseconds between two answers. */
  readonly longestMs: number;
  readonly p999Ms: number;
  /** How many gaps were longer than 10 and than 50 ms. */
  readonly over10: number;
  readonly over50: number;
}

const { port, host, secondsMax } = JSON.parse(process.argv[2]!) as GapSettings;
const request = requestBytes(host, plainGet);
/** A hundredth of a millisecond to a slot, up to ten seconds; the last slot has all beyond. */
const SLOTS_PER_MS = 100;
const slots = new Uint32Array(10_000 * SLOTS_PER_MS + 1);
let answers = 0;
let errors = 0;
let longestMs = 0;
let lastMs = 0;
let received = 0;
let length = 0;

const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => {
  lastMs = performance.now();
  socket.write(request);
});
socket.on("data", (bytes) => {
  if (received === 0) length = answerLength(bytes);
  received += bytes.length;
  if (received < length) return;
  received = 0;
  note(performance.now());
  socket.write(request);
});
socket.on("error", () => errors++);
socket.on("close", finish);

/** Length of a whole answer, whose head comes in one piece from loopback. */
function answerLength(bytes: Buffer): number {
  const text = bytes.toString("latin1");
  const headEnd = text.indexOf("\r\n\r\n");
  if (!text.startsWith("HTTP/1.1 200 ") || headEnd < 0) errors++;
  return headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
}

function note(nowMs: number): void {
  const gapMs = nowMs - lastMs;
  lastMs = nowMs;
  answers++;
  longestMs = Math.max(longestMs, gapMs);
  const slot = Math.min(slots.length - 1, Math.floor(gapMs * SLOTS_PER_MS));
  slots[slot] = slots[slot]! + 1;
}

/** How many gaps were longer than so many slots. */
function over(slot: number): number {
  return slots.subarray(slot).reduce((sum, count) => sum + count, 0);
}

function percentileMs(share: number): number {
  let rest = answers * (1 - share);
  for (let slot = slots.length - 1; slot > 0; slot--) {
    rest -= slots[slot]!;
    if (rest <= 0) return (slot + 1) / SLOTS_PER_MS;
  }
  return 0;
}

function finish(): void {
  const result: GapResult = {
    answers,
    errors,
    longestMs,
    p999Ms: percentileMs(0.999),
    over10: over(10 * SLOTS_PER_MS),
    over50: over(50 * SLOTS_PER_MS),
  };
  console.log(JSON.stringify(result));
  process.exit();
}

process.stdin.once("data", () => socket.destroy());
setTimeout(() => socket.destroy(), secondsMax * 1000);
