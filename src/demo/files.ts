import { createHash } from "node:crypto";
import type { Call } from "./call.ts";
import { fieldValue, framed, type WorkerResponse } from "./message.ts";

const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A script or style sheet made for one database. */
export function asset(call: Call): WorkerResponse {
  const type = call.path.endsWith(".css") ? "text/css" : "application/javascript";
  const content = Buffer.from(`/* assets of ${call.database ?? "no database"} */\n`);
  return file(call, `${type}; charset=utf-8`, content, "public, max-age=31536000, immutable");
}

/** A file of a module, the same for all databases. */
export function moduleFile(call: Call): WorkerResponse {
  return file(call, "text/plain; charset=utf-8", Buffer.from(`static file ${call.path}\n`), "public, max-age=604800");
}

/** One pixel, whatever image was asked for. */
export function image(call: Call): WorkerResponse {
  return file(call, "image/png", pixel, "no-cache");
}

/** Files carry a second `Date`, equal to the first, and answer a validator that still holds with 304. */
function file(call: Call, type: string, content: Buffer, caching: string): WorkerResponse {
  const tag = `"${createHash("sha1").update(content).digest("hex")}"`;
  const fields = [
    ["Cache-Control", caching],
    ["ETag", tag],
    ["Date", new Date().toUTCString()],
  ] as const;
  if (fieldValue(call.request, "if-none-match") === tag) return { status: 304, fields, body: Buffer.alloc(0) };
  return framed(200, type, content, fields);
}
