/** A closed loop over raw sockets: every connection asks again as soon as its answer is complete and checked. */
import { connect } from "node:net";
import { type LoadRequest, plainGet, requestBytes } from "./load-requests.ts";

/** A host to ask for, and how the answer of the right worker begins. */
export interface LoadTarget {
  readonly host: string;
  readonly stamp: string;
}

export interface LoadSettings {
  readonly port: number;
  readonly targets: readonly LoadTarget[];
  readonly connections: number;
  readonly requests: number;
  /** Nothing more is asked after so long. */
  readonly seconds?: number;
  /** A GET where it is left out. */
  readonly request?: LoadRequest;
}

export interface LoadResult {
  readonly requests: number;
  /** Requests without a complete answer. */
  readonly failed: number;
  /** Complete answers with another status than 200. */
  readonly refused: number;
  /** Answers that another worker gave, or for another host. */
  readonly misrouted: number;
  /** Connections that were opened. */
  readonly connects: number;
  readonly seconds: number;
}

const settings = JSON.parse(process.argv[2]!) as LoadSettings;
const { port, targets, connections, seconds = Number.POSITIVE_INFINITY, request = plainGet } = settings;
let requests = settings.requests;
const asked = targets.map(({ host }) => requestBytes(host, request));
const STALL_MS = 15_000;
let started = 0;
let done = 0;
let failed = 0;
let refused = 0;
let misrouted = 0;
let connects = 0;
let open = connections;

/** Length of the complete answer at the start of `text`, 0 while it is incomplete. */
function answerLength(text: string): number {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return 0;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  return text.length >= headEnd + 4 + length ? headEnd + 4 + length : 0;
}

/** HAProxy passes on the version of a worker that speaks HTTP/1.0, and keeps the client's connection all the same. */
function judge(text: string, target: LoadTarget): void {
  if (!text.startsWith("HTTP/1.1 200 ") && !text.startsWith("HTTP/1.0 200 ")) refused++;
  else if (!text.startsWith(target.stamp, text.indexOf("\r\n\r\n") + 4)) misrouted++;
}

/** Whether the answer at the start of `text` is the last of its connection. */
function closes(text: string): boolean {
  return /\r\nconnection: close\r\n/i.test(text.slice(0, text.indexOf("\r\n\r\n") + 2));
}

/** In place of the index of the target that is asked: no connection yet, and nothing more to ask. */
const UNASKED = -1;
const NONE = -2;

function run(): void {
  connects++;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let text = "";
  let at = UNASKED;
  const ask = () => {
    at = started < requests ? started++ % targets.length : NONE;
    if (at === NONE) socket.end();
    else socket.write(asked[at]!);
  };
  socket.on("connect", ask);
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const length = answerLength(text);
    if (length === 0) return;
    judge(text, targets[at]!);
    done++;
    if (closes(text)) {
      at = NONE;
      socket.destroy();
      return;
    }
    text = text.slice(length);
    ask();
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    if (at === UNASKED) started++;
    if (at !== NONE) {
      failed++;
      done++;
    }
    if (started < requests) return run();
    open--;
    if (open === 0) finish();
  });
}

const startMs = performance.now();
function finish(): void {
  clearInterval(watch);
  const result: LoadResult = {
    requests: done,
    failed,
    refused,
    misrouted,
    connects,
    seconds: (performance.now() - startMs) / 1000,
  };
  console.log(JSON.stringify(result));
}
/** A proxy that answers nothing any more must not hold the bench: all that is still to come has failed. */
function giveUp(): void {
  failed += requests - done;
  finish();
  process.exit();
}

if (Number.isFinite(seconds)) {
  setTimeout(() => {
    requests = started;
  }, seconds * 1000).unref();
}

let doneBefore = -1;
const watch = setInterval(() => {
  if (done === doneBefore) giveUp();
  doneBefore = done;
}, STALL_MS);

for (let i = 0; i < connections; i++) run();
