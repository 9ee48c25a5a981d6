import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Test } from "tap";
import { type DemoWorkersOptions, startDemoWorkers } from "../../src/demo/worker.ts";
import type { Dbfilter } from "../../src/policy/dbfilter.ts";

/** Databases of the workers that tests start: two named like their host, one like its first label. */
export const databases = ["acme.localhost", "globex.localhost", "initech"];

/** A page or an answer that names every one of them. */
export const everyName = /acme\.localhost.*globex\.localhost.*initech/s;

/** Starts a group of workers for the length of a test. */
export async function workersFor(t: Test, odoo: string, dbfilter: Dbfilter, more?: Partial<DemoWorkersOptions>) {
  const workers = await startDemoWorkers({ odoo, dbfilter, databases, ...more });
  t.teardown(() => workers.close());
  return workers;
}

/** One case: bytes for a port, and what the whole answer looks like. */
export type Row = readonly [rule: string, port: number, bytes: string, want: RegExp];

/** Runs every case as a test of its own, several at a time. */
export function runRows(t: Test, rows: readonly Row[]): void {
  t.jobs = 8;
  for (const [rule, port, bytes, want] of rows) t.test(rule, async (t) => t.match(await ask(port, bytes), want));
}

/** A request by its first line, without the version; its Host is acme's when the fields hold none. */
export function request(line: string, fields: readonly string[] = [], body = ""): string {
  const host = fields.some((field) => field.startsWith("Host:")) ? [] : ["Host: acme.localhost"];
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${[`${line} HTTP/1.1`, ...host, ...fields, ...length].join("\r\n")}\r\n\r\n${body}`;
}

export function get(path: string, ...fields: string[]): string {
  return request(`GET ${path}`, fields);
}

export function post(path: string, body: string, ...fields: string[]): string {
  return request(`POST ${path}`, fields, body);
}

/** Sends bytes and reads until the server closes; the whole answer as latin1 text. */
export async function ask(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes, "latin1");
  return (await buffer(socket)).toString("latin1");
}

/** Sends bytes and waits until what came back is enough; latin1 text. The connection stays open. */
export async function exchange(socket: Socket, bytes: string | Buffer, enough: (received: string) => boolean) {
  socket.write(bytes);
  let received = "";
  while (!enough(received) && !socket.readableEnded) {
    const piece: Buffer | null = socket.read();
    if (piece === null) await new Promise((resolve) => socket.once("readable", resolve).once("end", resolve));
    else received += piece.toString("latin1");
  }
  return received;
}

/** A client's WebSocket frame with a short payload, masked with four zero bytes. */
export function maskedFrame(first: number, payload: string): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)]);
}
