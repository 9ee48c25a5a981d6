/**
 * Has accepted sockets read into one buffer of ours. Otherwise Node allocates 64 KiB for each read, whose leftovers drive
 * full collections: a flood of small POSTs caused one a second, each a stall of 10 to 20 ms.
 *
 * Node offers this (`onread`) to sockets that connect, and not to those that a server accepts; so we set on these what the
 * constructor sets on the others. Where a version of Node has it otherwise, `data` events do the same at their price.
 */
import { Socket } from "node:net";

const READ_BYTES = 64 * 1024;

/** Every socket reads into it. INVARIANT: what one read brought is there until its callback returns, and no longer. */
export const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

interface Internals {
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void };
  [internal: symbol]: unknown;
}

/** Node's own names for the buffer, its callback, and the source of further buffers; null where one is not there. */
const names = internalNames();

/** Whether accepted sockets share the buffer in this version of Node. */
export const readsShared = names !== null;

/** Calls `onRead` with what each read brings, the first `count` of `bytes`, valid until it returns. */
export function readInto(socket: Socket, onRead: (bytes: Buffer, count: number) => void): void {
  const inside = socket as unknown as Internals;
  const handle = inside._handle;
  if (names === null || handle?.useUserBuffer === undefined) {
    socket.on("data", (bytes: Buffer) => onRead(bytes, bytes.length));
    return;
  }
  inside[names.buffer] = readBuffer;
  inside[names.callback] = (count: number) => onRead(readBuffer, count);
  inside[names.source] = null;
  handle.useUserBuffer(readBuffer);
  socket.resume(); // `end` comes to sockets that flow
}

function internalNames(): { readonly buffer: symbol; readonly callback: symbol; readonly source: symbol } | null {
  const sample = new Socket({ onread: { buffer: readBuffer, callback: () => true } });
  const symbols = Object.getOwnPropertySymbols(sample);
  const find = (description: string) => symbols.find((symbol) => symbol.description === description);
  const [buffer, callback, source] = [find("kBuffer"), find("kBufferCb"), find("kBufferGen")];
  sample.destroy();
  return buffer && callback && source ? { buffer, callback, source } : null;
}
