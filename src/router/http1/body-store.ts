/**
 * Where request bodies wait for their end: in memory up to a size, then in an unlinked temporary file, all of the
 * process under two budgets. A slow client therefore holds neither a worker nor unbounded memory.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BodyStorage } from "../../plan/types.ts";

/** Block sizes: many bodies are a few hundred bytes, and a byte at a time must not cost an object each. */
const FIRST_BLOCK_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;
/** Bytes that may wait for the disk before the client is paused. */
const SPILL_BACKLOG_BYTES = 4 * BLOCK_BYTES;

/** Budgets and gauges that all bodies of the process share. */
export class BodyStore {
  settings: BodyStorage;
  memoryBytes = 0;
  diskBytes = 0;
  spilledBodies = 0;

  constructor(settings: BodyStorage) {
    this.settings = settings;
  }
}

/** What `append` tells the reader: go on, pause until `onRoom`, or refuse the request (`body_storage`). */
export type Room = "room" | "pause" | "none";

/** One body. The owner must call `release` exactly once, whatever happened. */
export class StoredBody {
  readonly #store: BodyStore;
  #blocks: Buffer[] = [];
  /** Bytes used of the last block. */
  #used = 0;
  #memory = 0;
  #disk = 0;
  #file: SpillFile | null = null;
  #released = false;
  length = 0;
  /** Called when a pause is over, with null, or when the file failed, with the cause. */
  onRoom: ((fault: Error | null) => void) | null = null;

  constructor(store: BodyStore) {
    this.#store = store;
  }

  /** Keeps `bytes`, which the caller must own for good, as the whole body. The short way for one-piece bodies. */
  keepWhole(bytes: Buffer): Room {
    if (!this.#takeMemory(bytes.length)) return "none";
    this.#blocks = [bytes];
    this.#used = bytes.length;
    this.length = bytes.length;
    return "room";
  }

  /** Copies `bytes` behind what is there. */
  append(bytes: Buffer): Room {
    this.length += bytes.length;
    for (let from = 0; from < bytes.length; ) {
      if (!this.#ensureBlock()) return "none";
      const block = this.#blocks[this.#blocks.length - 1]!;
      const count = bytes.copy(block, this.#used, from);
      this.#used += count;
      from += count;
    }
    return this.length > this.#store.settings.memoryBytesMax ? this.#spill() : "room";
  }

  /**
   * Calls `done` when every byte is where `blocks` or `readAt` finds it; with the cause when the disk failed.
   *
   * May call back at once.
   */
  complete(done: (fault: Error | null) => void): void {
    if (this.#file === null) done(null);
    else this.#file.append(this.#takeBlocks()).whenIdle(done);
  }

  /** The body in memory, in order; null where it is in a file. */
  blocks(): readonly Buffer[] | null {
    if (this.#file !== null) return null;
    const last = this.#blocks.length - 1;
    return this.#blocks.map((block, i) => (i === last ? block.subarray(0, this.#used) : block));
  }

  /** Reads a piece of a body that is in a file. */
  readAt(position: number, done: (fault: Error | null, bytes: Buffer) => void): void {
    this.#file!.readAt(position, Math.min(BLOCK_BYTES, this.length - position), done);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.onRoom = null;
    this.#store.memoryBytes -= this.#memory;
    this.#store.diskBytes -= this.#disk;
    this.#blocks = [];
    this.#file?.close();
  }

  #ensureBlock(): boolean {
    const last = this.#blocks[this.#blocks.length - 1];
    if (last !== undefined && this.#used < last.length) return true;
    const size = this.length <= FIRST_BLOCK_BYTES ? FIRST_BLOCK_BYTES : BLOCK_BYTES;
    if (!this.#takeMemory(size)) return false;
    this.#blocks.push(Buffer.allocUnsafeSlow(size));
    this.#used = 0;
    return true;
  }

  #takeMemory(bytes: number): boolean {
    if (this.#store.memoryBytes + bytes > this.#store.settings.memoryBudgetBytes) return false;
    this.#store.memoryBytes += bytes;
    this.#memory += bytes;
    return true;
  }

  /** Blocks that are full, or all when the body ended; they leave this body's memory when they are written. */
  #takeBlocks(): Buffer[] {
    const taken = this.#blocks;
    if (taken.length > 0) taken[taken.length - 1] = taken[taken.length - 1]!.subarray(0, this.#used);
    this.#blocks = [];
    this.#used = 0;
    return taken;
  }

  #spill(): Room {
    if (this.#file === null) {
      this.#store.spilledBodies++;
      this.#file = new SpillFile(this.#store.settings.directory || tmpdir(), (written) => this.#written(written));
    } else if (this.#used < BLOCK_BYTES && this.#blocks.length < 2) {
      return this.#file.failure === null ? "room" : "none";
    }
    const blocks = this.#takeBlocks();
    const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
    if (this.#store.diskBytes + bytes > this.#store.settings.diskBudgetBytes) return "none";
    this.#store.diskBytes += bytes;
    this.#disk += bytes;
    this.#file.append(blocks);
    if (this.#file.backlogBytes <= SPILL_BACKLOG_BYTES) return "room";
    this.#file.whenIdle((fault) => this.onRoom?.(fault));
    return "pause";
  }

  #written(bytes: number): void {
    if (this.#released) return;
    this.#memory -= bytes;
    this.#store.memoryBytes -= bytes;
  }
}

/** An unlinked file that is written in order, one block at a time. */
class SpillFile {
  readonly #onWritten: (memoryBytes: number) => void;
  #fd = -1;
  #busy = true;
  #closed = false;
  #queue: Buffer[] = [];
  #waiting: ((fault: Error | null) => void)[] = [];
  #position = 0;
  backlogBytes = 0;
  failure: Error | null = null;

  constructor(directory: string, onWritten: (memoryBytes: number) => void) {
    this.#onWritten = onWritten;
    const path = join(directory, `hostward-body-${randomBytes(12).toString("hex")}`);
    fs.open(path, "wx+", 0o600, (fault, fd) => {
      if (fault) return this.#settle(fault);
      this.#fd = fd;
      fs.unlink(path, (unlinkFault) => this.#settle(unlinkFault));
    });
  }

  append(blocks: readonly Buffer[]): this {
    for (const block of blocks) {
      this.#queue.push(block);
      this.backlogBytes += block.length;
    }
    this.#next();
    return this;
  }

  /** Calls back when nothing waits to be written, or with what went wrong. */
  whenIdle(done: (fault: Error | null) => void): void {
    if (this.#busy || this.#queue.length > 0) this.#waiting.push(done);
    else done(this.failure);
  }

  readAt(position: number, length: number, done: (fault: Error | null, bytes: Buffer) => void): void {
    fs.read(this.#fd, Buffer.allocUnsafeSlow(length), 0, length, position, (fault, count, bytes) => {
      const short = fault === null && count === 0 ? new Error("temporary file is shorter than the body") : fault;
      done(short, bytes.subarray(0, count));
    });
  }

  /** Gives the file back; waits for a running operation, as its descriptor may not be reused under it. */
  close(): void {
    this.#closed = true;
    if (!this.#busy) this.#closeNow();
  }

  #closeNow(): void {
    if (this.#fd >= 0) fs.close(this.#fd, () => {});
    this.#fd = -1;
  }

  #next(): void {
    const block = this.#queue[0];
    if (this.#busy || block === undefined || this.failure !== null) return;
    this.#busy = true;
    fs.write(this.#fd, block, 0, block.length, this.#position, (fault, count) => {
      if (fault === null) this.#wrote(block, count);
      this.#settle(fault);
    });
  }

  #wrote(block: Buffer, count: number): void {
    this.#position += count;
    this.backlogBytes -= count;
    if (count < block.length) {
      this.#queue[0] = block.subarray(count);
      return;
    }
    this.#queue.shift();
    this.#onWritten(block.buffer.byteLength);
  }

  #settle(fault: Error | null): void {
    this.#busy = false;
    this.failure ??= fault;
    if (this.#closed) return this.#closeNow();
    if (this.failure === null && this.#queue.length > 0) return this.#next();
    for (const done of this.#waiting.splice(0)) done(this.failure);
  }
}
