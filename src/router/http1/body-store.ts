/**
 * Where request bodies wait for their end: in memory up to a size, then in an unlinked temporary file, all of the
 * process under two budgets. A slow client therefore holds neither a worker nor unbounded memory.
 */
import { tmpdir } from "node:os";
import type { BodyStorage } from "../../plan/types.ts";
import { type ByteBudget, OwnBudget } from "./byte-budget.ts";
import { SpillFile } from "./spill-file.ts";

/** Block sizes: many bodies are a few hundred bytes, and a byte at a time must not cost an object each. */
const FIRST_BLOCK_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;
/** A body that comes in one piece of at most this size is kept as text: it is written as text with the head. */
const TEXT_BYTES_MAX = 8 * 1024;
/** Bytes that may wait for the disk before the client is paused. */
const SPILL_BACKLOG_BYTES = 4 * BLOCK_BYTES;

/** Where it is counted what bodies hold. */
export interface BodyBudgets {
  /** What they keep from being freed, their buffers' unused parts included. */
  readonly memory: ByteBudget;
  readonly disk: ByteBudget;
}

/** Budgets and gauges that all bodies of the process share. */
export class BodyStore {
  settings: BodyStorage;
  readonly memory: ByteBudget;
  readonly disk: ByteBudget;
  /** Told of each body that goes to a file. */
  readonly onSpill: () => void;

  constructor(settings: BodyStorage, { memory, disk }: BodyBudgets = ownBodies(), onSpill: () => void = () => {}) {
    this.settings = settings;
    this.memory = memory;
    this.disk = disk;
    this.onSpill = onSpill;
  }
}

/** Budgets of a process with one thread. */
export function ownBodies(): BodyBudgets {
  return { memory: new OwnBudget(), disk: new OwnBudget() };
}

/** What `append` tells the reader: go on, pause until `onRoom`, or refuse the request (`body_storage`). */
export type Room = "room" | "pause" | "none";

/** One body. The owner must call `release`, whatever happened. */
export class StoredBody {
  readonly #store: BodyStore;
  /** The whole body as latin-1 text, where it is small and came in one piece; else empty. */
  text = "";
  #blocks: Buffer[] = [];
  /** Bytes used of the last block. */
  #used = 0;
  #memory = 0;
  #disk = 0;
  #file: SpillFile | null = null;
  length = 0;
  /** Called when a pause is over, with null, or when the file failed, with the cause. */
  onRoom: ((fault: Error | null) => void) | null = null;

  constructor(store: BodyStore) {
    this.#store = store;
  }

  /** Keeps a copy of `bytes` as the whole body. The short way for one-piece bodies. */
  keepWhole(bytes: Buffer): Room {
    const { length } = bytes;
    if (length > TEXT_BYTES_MAX || length > this.#store.settings.memoryBytesMax) return this.append(bytes);
    if (!this.#takeMemory(length)) return "none";
    this.text = bytes.toString("latin1");
    this.length = length;
    return "room";
  }

  /** Copies `bytes[start, end)` behind what is there. */
  append(bytes: Buffer, start = 0, end = bytes.length): Room {
    this.length += end - start;
    for (let from = start; from < end; ) {
      if (!this.#ensureBlock()) return "none";
      const block = this.#blocks[this.#blocks.length - 1]!;
      const count = bytes.copy(block, this.#used, from, end);
      this.#used += count;
      from += count;
    }
    return this.length > this.#store.settings.memoryBytesMax ? this.#spill() : "room";
  }

  /**
   * Calls `done` when every byte is where `blocks` or `readAt` finds it; with the cause when the disk failed or is full.
   *
   * May call back at once; never after `release`.
   */
  complete(done: (fault: Error | null) => void): void {
    if (this.#file === null) return done(null);
    if (!this.#flush(this.#file)) return done(this.#file.failure ?? new Error("the disk budget of bodies is used up"));
    this.#file.whenIdle(done);
  }

  /** The body in memory, in order; null where it is in a file. */
  blocks(): readonly Buffer[] | null {
    if (this.#file !== null) return null;
    if (this.text !== "") return [Buffer.from(this.text, "latin1")];
    const last = this.#blocks.length - 1;
    return this.#blocks.map((block, i) => (i === last ? block.subarray(0, this.#used) : block));
  }

  /** Reads a piece of a body that is in a file; never calls back after `release`. */
  readAt(position: number, done: (fault: Error | null, bytes: Buffer) => void): void {
    this.#file!.readAt(position, Math.min(BLOCK_BYTES, this.length - position), done);
  }

  release(): void {
    this.onRoom = null;
    this.#store.memory.give(this.#memory);
    this.#store.disk.give(this.#disk);
    this.#memory = 0;
    this.#disk = 0;
    this.text = "";
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
    if (!this.#store.memory.take(bytes, this.#store.settings.memoryBudgetBytes)) return false;
    this.#memory += bytes;
    return true;
  }

  /** Sends what is gathered to the file when it is worth a write, and says whether the client may go on. */
  #spill(): Room {
    if (this.#file === null) {
      this.#store.onSpill();
      this.#file = new SpillFile(this.#store.settings.directory || tmpdir(), (block) => this.#written(block));
    } else if (this.#used < BLOCK_BYTES && this.#blocks.length < 2) {
      return this.#file.failure === null ? "room" : "none";
    }
    if (!this.#flush(this.#file)) return "none";
    if (this.#file.backlogBytes <= SPILL_BACKLOG_BYTES) return "room";
    this.#file.whenIdle((fault) => this.onRoom?.(fault));
    return "pause";
  }

  /** Queues all blocks for the file; false where the disk failed or its budget is used up. */
  #flush(file: SpillFile): boolean {
    const blocks = this.#blocks;
    const last = blocks.length - 1;
    if (last >= 0) blocks[last] = blocks[last]!.subarray(0, this.#used);
    this.#blocks = [];
    this.#used = 0;
    let bytes = 0;
    for (const block of blocks) bytes += block.length;
    if (file.failure !== null || !this.#store.disk.take(bytes, this.#store.settings.diskBudgetBytes)) return false;
    this.#disk += bytes;
    file.append(blocks);
    return true;
  }

  /** A block is in the file: its memory is free again. */
  #written(block: Buffer): void {
    this.#memory -= block.buffer.byteLength;
    this.#store.memory.give(block.buffer.byteLength);
  }
}
