import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fieldValues, readStrictBody, readStrictHead, responseFraming, type StrictField } from "./strict-http.ts";

/** What came back on one connection and how it ended; `idle` means that the peer left it open and fell silent. */
export interface RawExchange {
  readonly received: Buffer;
  readonly ended: "closed" | "reset" | "idle";
}

/** How long to listen. All times are milliseconds. */
export interface RawPatience {
  /** Between two segments. */
  readonly gapMs: number;
  /** Silence after which an exchange that is not `satisfied` is over. */
  readonly quietMs: number;
  /** Silence after which a satisfied exchange is over: what else could come would come at once. */
  readonly idleMs: number;
  /** Null: only the peer's end or silence ends the exchange. */
  readonly satisfied: ((received: Buffer) => boolean) | null;
  /** Address of the loopback interface to come from; empty: any. */
  readonly localAddress: string;
}

const patience: RawPatience = { gapMs: 20, quietMs: 1000, idleMs: 60, satisfied: null, localAddress: "" };

/** Sends segments of latin-1 text as they are and collects every byte until the peer closes or falls silent. */
export async function exchangeRaw(
  port: number,
  segments: readonly string[],
  wanted: Partial<RawPatience> = {},
): Promise<RawExchange> {
  const { gapMs, quietMs, idleMs, satisfied, localAddress } = { ...patience, ...wanted };
  const local = localAddress === "" ? {} : { localAddress };
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, ...local });
  const chunks: Buffer[] = [];
  let ended: RawExchange["ended"] = "idle";
  const over = Promise.withResolvers<void>();
  const silent = () => over.resolve();
  let timer = setTimeout(silent, quietMs);
  const listenOn = () => {
    clearTimeout(timer);
    timer = setTimeout(silent, satisfied?.(Buffer.concat(chunks)) ? idleMs : quietMs);
  };
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    listenOn();
  });
  socket.on("end", () => {
    ended = "closed";
    over.resolve();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    ended = "reset";
    if (error.code === "ECONNREFUSED") over.reject(error);
    else over.resolve();
  });
  for (const [i, segment] of segments.entries()) {
    if (i > 0) await sleep(gapMs);
    if (!socket.writable) break;
    socket.write(segment, "latin1");
    listenOn();
  }
  await over.promise.finally(() => clearTimeout(timer));
  socket.destroy();
  return { received: Buffer.concat(chunks), ended };
}

/** A response as its bytes came; `body` is without its framing. */
export interface StrictResponse {
  readonly status: number;
  readonly fields: readonly StrictField[];
  readonly body: string;
  readonly faults: readonly string[];
  /** Whether the connection ends after it, by its own word. */
  readonly closes: boolean;
}

export interface StrictResponses {
  /** Final responses in order. */
  readonly finals: readonly StrictResponse[];
  /** Statuses of the interim responses before them. */
  readonly interims: readonly number[];
  /** Bytes that are no whole response. */
  readonly rest: string;
}

/** Reads every response on a connection; `methods` are those asked for, GET where the list ends. */
export function readResponses(exchange: RawExchange, methods: readonly string[]): StrictResponses {
  const text = exchange.received.toString("latin1");
  const finals: StrictResponse[] = [];
  const interims: number[] = [];
  let at = 0;
  for (;;) {
    const head = readStrictHead(text, at);
    if (head === undefined) break;
    const status = Number(/^HTTP\/1\.1 ([1-9][0-9]{2}) /.exec(head.start)?.[1] ?? 0);
    if (status === 0) head.faults.push(`status line ${JSON.stringify(head.start)}`);
    const framing = responseFraming(head, status, methods[finals.length] ?? "GET");
    const body = readStrictBody(text, head.end, framing, head.faults, exchange.ended === "closed");
    if (body === undefined) break;
    at = body.end;
    const closes = framing === "close" || fieldValues(head.fields, "connection").includes("close");
    if (status >= 100 && status < 200 && status !== 101) interims.push(status);
    else finals.push({ status, fields: head.fields, body: body.body, faults: head.faults, closes });
    if (status === 101) break;
  }
  return { finals, interims, rest: text.slice(at) };
}
