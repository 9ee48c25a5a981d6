import { readdirSync, readlinkSync } from "node:fs";
import type { StoredBody } from "../../src/router/http1/body-store.ts";

/** All bytes of a complete body, wherever they are. */
export async function contentOf(body: StoredBody): Promise<Buffer> {
  const blocks = body.blocks();
  if (blocks !== null) return Buffer.concat([...blocks]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const piece = await new Promise<Buffer>((resolve, reject) => {
      body.readAt(at, (fault, bytes) => (fault === null ? resolve(bytes) : reject(fault)));
    });
    pieces.push(piece);
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

/** How many unlinked body files this process has open. */
export function openBodyFiles(): number {
  return readdirSync("/proc/self/fd").filter((fd) => targetOf(fd).includes("hostward-body-")).length;
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ""; // the listing's own descriptor, closed by now
  }
}
