/** A closed loop over raw sockets: every connection asks again as soon as its answer is complete and checked. */
import { connect } from "node:net";

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
}

export interface LoadResult {
  readonly requests: number;
  /** Requests without a complete answer. */
  readonly failed: number;
  /** Complete answers with another status than 200. */
  readonly refused: number;
  /** Answers that another worker gave, or for another host. */
  readonly misrouted: number;
  readonly seconds: number;
}

const { port, targets, connections, requests } = JSON.parse(process.argv[2]!) as LoadSettings;
const heads = targets.map(
  ({ host }) => `GET /web/content/1 HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`,
);
const STALL_MS = 15_000;
let started = 0;
let done = 0;
let failed = 0;
let refused = 0;
let misrouted = 0;
let open = connections;

/** Length of the complete answer at the start of `text`, 0 while it is incomplete. */
function answerLength(text: string): number {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return 0;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  return text.length >= headEnd + 4 + length ? headEnd + 4 + length : 0;
}

function judge(text: string, target: LoadTarget): void {
  if (!text.startsWith("HTTP/1.1 200 ")) refused++;
  else if (!text.startsWith(target.stamp, text.indexOf("\r\n\r\n") + 4)) misrouted++;
}

/** In place of the index of the target that is asked: no connection yet, and nothing more to ask. */
const UNASKED = -1;
const NONE = -2;

function run(): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let text = "";
  let at = UNASKED;
  const ask = () => {
    at = started < requests ? started++ % targets.length : NONE;
    if (at === NONE) socket.end();
    else socket.write(heads[at]!, "latin1");
  };
  socket.on("connect", ask);
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const length = answerLength(text);
    if (length === 0) return;
    judge(text, targets[at]!);
    done++;
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

let doneBefore = -1;
const watch = setInterval(() => {
  if (done === doneBefore) giveUp();
  doneBefore = done;
}, STALL_MS);

for (let i = 0; i < connections; i++) run();
