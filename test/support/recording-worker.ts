import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  readStrictBody,
  readStrictHead,
  requestFraming,
  type StrictField,
  type StrictFraming,
  type StrictHead,
} from "./strict-http.ts";

/** A request as its bytes arrived; `body` is without its framing. Strings are latin-1. */
export interface RecordedRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly StrictField[];
  readonly body: string;
  /** What a lenient reader might have understood otherwise; empty for a canonical request. */
  readonly faults: readonly string[];
}

/** One connection: every byte that came and the requests in them. */
export interface RecordedConnection {
  readonly bytes: string;
  readonly requests: readonly RecordedRequest[];
  /** Bytes after the last whole request. */
  readonly rest: string;
  /** Bytes of answers that the other side did not take yet. */
  readonly unsent: number;
}

/** One thing that a worker does; a list of them is its answer, run in order. */
export type WorkerAction =
  | { readonly write: string | Buffer }
  | { readonly waitMs: number }
  | { readonly end: "close" | "reset" }
  /** Hands the socket over, with the bytes that already followed the request: an opened WebSocket. */
  | { readonly take: (socket: Socket, first: Buffer) => void };

/** How a worker answers. `onHead` runs when the head is complete; when it returns actions, they are the answer. */
export interface WorkerScript {
  readonly onHead?: (head: RecordedRequest) => readonly WorkerAction[] | undefined;
  readonly onRequest: (request: RecordedRequest) => readonly WorkerAction[];
}

/** What ends an ordinary answer: its length, the close of the connection, or HTTP/1.0's close without a length. */
export type AnswerEnd = "keep-alive" | "close" | "http10";

/** The actions of an ordinary answer. */
export function answer(
  status: number,
  body: string | Buffer,
  end: AnswerEnd,
  fields: readonly StrictField[] = [],
): WorkerAction[] {
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = end === "http10" ? "" : `Content-Length: ${Buffer.byteLength(body, "latin1")}\r\n`;
  const connection = end === "keep-alive" ? "" : "Connection: close\r\n";
  const head = `HTTP/${end === "http10" ? "1.0" : "1.1"} ${status} Answer\r\n${lines}${length}${connection}\r\n`;
  const write = Buffer.concat([
    Buffer.from(head, "latin1"),
    typeof body === "string" ? Buffer.from(body, "latin1") : body,
  ]);
  return end === "keep-alive" ? [{ write }] : [{ write }, { end: "close" }];
}

/** Answers 200 with the method and target that arrived, and closes: a client can tell whose answer it got. */
export const echoScript: WorkerScript = {
  onRequest: ({ method, target }) => answer(200, `${method} ${target}`, "close"),
};

/** The line of a request as `echoScript` answers it. */
export function echoOf(request: RecordedRequest): string {
  return `${request.method} ${request.target}`;
}

/** A request whose head is complete. */
interface BegunRequest {
  readonly head: StrictHead;
  readonly request: RecordedRequest;
  readonly framing: StrictFraming;
  readonly answered: boolean;
}

class Connection implements RecordedConnection {
  bytes = "";
  readonly requests: RecordedRequest[] = [];
  readonly #socket: Socket;
  readonly #script: WorkerScript;
  #from = 0;
  #begun: BegunRequest | null = null;
  #taken = false;
  #actions: Promise<void> = Promise.resolve();

  constructor(socket: Socket, script: WorkerScript) {
    this.#socket = socket;
    this.#script = script;
    socket.on("data", (chunk) => this.#onData(chunk));
    socket.on("error", () => socket.destroy());
  }

  get rest(): string {
    return this.bytes.slice(this.#from);
  }

  get unsent(): number {
    return this.#socket.writableLength;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.bytes += chunk.toString("latin1");
    while (!this.#taken && this.#readOne());
  }

  /** Reads on in the current request; false when it needs more bytes. */
  #readOne(): boolean {
    this.#begun ??= this.#begin();
    if (this.#begun === null) return false;
    const { head, request, framing, answered } = this.#begun;
    const body = readStrictBody(this.bytes, head.end, framing, head.faults, false);
    if (body === undefined) return false;
    this.#from = body.end;
    this.#begun = null;
    const whole = { ...request, body: body.body };
    this.requests.push(whole);
    if (!answered) this.#run(this.#script.onRequest(whole));
    return true;
  }

  #begin(): BegunRequest | null {
    const head = readStrictHead(this.bytes, this.#from);
    if (head === undefined) return null;
    const framing = requestFraming(head);
    const line = /^(\S+) (\S+) HTTP\/1\.[01]$/.exec(head.start);
    const [, method = "", target = ""] = line ?? [];
    if (line === null) head.faults.push(`request line ${JSON.stringify(head.start)}`);
    else if (!targetPattern.test(target)) head.faults.push(`target ${JSON.stringify(target)}`);
    const request = { method, target, fields: head.fields, body: "", faults: head.faults };
    const early = this.#script.onHead?.(request);
    this.#run(early ?? []);
    return { head, request, framing, answered: early !== undefined };
  }

  #run(actions: readonly WorkerAction[]): void {
    for (const action of actions) {
      if ("take" in action) this.#taken = true;
      this.#actions = this.#actions.then(() => this.#perform(action));
    }
  }

  async #perform(action: WorkerAction): Promise<void> {
    const socket = this.#socket;
    if ("waitMs" in action) await sleep(action.waitMs);
    else if (socket.destroyed) return;
    else if ("write" in action) socket.write(action.write);
    else if ("take" in action) {
      socket.removeAllListeners("data");
      action.take(socket, Buffer.from(this.rest, "latin1"));
    } else if (action.end === "reset") socket.resetAndDestroy();
    else socket.end();
  }
}

/** Origin-form: no `#` anywhere and no backslash in the path. */
const targetPattern = /^\/[\x21\x22\x24-\x3e\x40-\x5b\x5d-\x7e]*(\?[\x21\x22\x24-\x7e]*)?$/;

/** A worker on loopback that reads strictly, records everything and answers as its script says. */
export interface RecordingWorker {
  readonly port: number;
  /** Connections since the last `forget`. */
  readonly connections: readonly RecordedConnection[];
  /** Waits until no connection is open, at most `limitMs`. */
  settled(limitMs: number): Promise<void>;
  /** Ends open connections and begins a new record. */
  forget(): void;
  close(): Promise<void>;
}

/** Where a worker listens. */
export interface WorkerAddress {
  /** An address of the loopback interface. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

const anywhere: WorkerAddress = { host: "127.0.0.1", port: 0 };

/** Starts a worker, by default on a free port. */
export async function startRecordingWorker(
  script: WorkerScript = echoScript,
  at: WorkerAddress = anywhere,
): Promise<RecordingWorker> {
  let connections: Connection[] = [];
  const open = new Set<Connection>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, script);
    connections.push(connection);
    open.add(connection);
    socket.on("end", () => socket.end());
    socket.on("close", () => open.delete(connection));
  });
  server.listen(at.port, at.host);
  await once(server, "listening");
  const endAll = () => {
    for (const connection of open) connection.destroy();
    connections = [];
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    async settled(limitMs) {
      for (let waited = 0; open.size > 0 && waited < limitMs; waited += 5) await sleep(5);
    },
    forget: endAll,
    async close() {
      endAll();
      server.close();
      await once(server, "close");
    },
  };
}
