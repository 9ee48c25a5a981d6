/** XML bodies for the guard: those of the recording, and how the guard judges one. */
import { findDoor } from "../../src/policy/doors.ts";
import type { Finding } from "../../src/policy/guard/types.ts";
import { XmlReader } from "../../src/policy/guard/xml.ts";
import { withoutFirstSegment } from "../../src/policy/path.ts";
import { readTraffic } from "./traffic.ts";

/** A body that a client sent to a path; one char per byte. */
export interface XmlBody {
  readonly id: number;
  readonly step: string;
  readonly path: string;
  readonly body: string;
}

/** Every recorded request with a body that begins with `<`. */
export const recordedCalls: readonly XmlBody[] = readTraffic()
  .filter(({ body }) => body.startsWith("<"))
  .map(({ id, step, target, body }) => ({ id, step, path: target, body }));

/** What the guard finds in a body, one char per byte, that comes in pieces, each up to one of `splits`. */
export function judgeXml(
  body: string,
  path: string,
  database: string,
  splits: readonly number[] = [],
  method = "POST",
): Finding | null {
  const bound = { database, formerDatabases: [], odooMajor: 17, doorKeys: [], exempt: [] };
  const door = findDoor(path, 17) ?? findDoor(withoutFirstSegment(path), 17);
  const reader = new XmlReader({ bound, door, method, rpc: "bound", judgedPath: path, contentType: "text/xml" });
  const bytes = Buffer.from(body, "latin1");
  let from = 0;
  for (const at of splits) {
    reader.feed(bytes, from, at);
    from = at;
  }
  reader.feed(bytes, from, bytes.length);
  return reader.end();
}
