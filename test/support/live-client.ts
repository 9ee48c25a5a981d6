import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { readResponses, type StrictResponse } from "./raw-client.ts";

/** Longest that a test waits for something that must happen. */
const PATIENCE_MS = 5_000;

/** Waits until `holds`, looking every few milliseconds; rejects, naming `what`, when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** A client on a raw socket that says when what it waits for is there. Text is latin-1. */
export class LiveClient {
  readonly socket: Socket;
  readonly #pieces: Buffer[] = [];
  /** How the edge ended the connection; empty while it is open. */
  ended: "" | "closed" | "reset" = "";
  bytes = 0;

  private constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    this.socket.on("data", (piece) => {
      this.#pieces.push(piece);
      this.bytes += piece.length;
    });
    this.socket.on("end", () => {
      this.ended ||= "closed";
    });
    this.socket.on("error", () => {
      this.ended = "reset";
    });
  }

  static async open(port: number): Promise<LiveClient> {
    const client = new LiveClient(port);
    await once(client.socket, "connect");
    return client;
  }

  get received(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  send(bytes: string | Buffer): this {
    if (typeof bytes === "string") this.socket.write(bytes, "latin1");
    else this.socket.write(bytes);
    return this;
  }

  /** Sends FIN and goes on reading. */
  finish(): this {
    this.socket.end();
    return this;
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  async has(what: string): Promise<void> {
    await until(`\`${what}\` received`, () => this.text.includes(what));
  }

  /** Waits for the edge to end the connection, and lets go of it. */
  async end(): Promise<"closed" | "reset"> {
    await until("the edge ends the connection", () => this.ended !== "");
    this.socket.destroy();
    return this.ended as "closed" | "reset";
  }

  /** Waits for `count` final responses; `methods` are those asked for, GET where the list ends. */
  async responses(count: number, methods: readonly string[] = []): Promise<readonly StrictResponse[]> {
    const read = () => readResponses({ received: this.received, ended: this.ended || "idle" }, methods).finals;
    await until(`${count} responses, have ${this.text.slice(0, 500)}`, () => read().length >= count);
    return read();
  }
}

/** A request as bytes, to the first tenant of a scene unless `fields` name a Host. */
export function request(line: string, fields: readonly string[] = [], body = ""): string {
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ["Host: acme.example"];
  return `${[`${line} HTTP/1.1`, ...host, ...fields].join("\r\n")}\r\n\r\n${body}`;
}

/** The same with a body and its Content-Length. */
export function requestWithBody(line: string, body: string, fields: readonly string[] = []): string {
  return request(line, [...fields, `Content-Length: ${body.length}`], body);
}
