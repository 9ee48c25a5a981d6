import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./call.ts";
import { json, type WorkerResponse } from "./message.ts";

const slowMsMax = 600_000;
const bigBytesMax = 2 ** 33;
const block = Buffer.alloc(65_536, "x");

/** `/demo/echo`: the request as it arrived here. */
export function echo(call: Call): WorkerResponse {
  const { method, target, fields, body } = call.request;
  const sha256 = createHash("sha256").update(body).digest("hex");
  return json({ database: call.database, method, target, headers: fields, bodyBytes: body.length, bodySha256: sha256 });
}

/** `/demo/slow?ms=`: an answer that takes its time. */
export async function slow(call: Call): Promise<WorkerResponse> {
  const ms = amount(call, "ms", slowMsMax);
  await sleep(ms, undefined, { ref: false });
  return json({ database: call.database, ms });
}

/** `/demo/big?bytes=`: an answer of that size. */
export function big(call: Call): WorkerResponse {
  const bytes = amount(call, "bytes", bigBytesMax);
  const fields = [
    ["Content-Type", "application/octet-stream"],
    ["Content-Length", String(bytes)],
  ] as const;
  return { status: 200, fields, body: Readable.from(blocks(bytes), { objectMode: false }) };
}

function* blocks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
}

function amount(call: Call, name: string, max: number): number {
  return Math.min(Math.max(Math.trunc(Number(call.query.get(name))) || 0, 0), max);
}
