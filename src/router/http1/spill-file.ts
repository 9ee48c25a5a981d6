import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";

/**
 * An unlinked temporary file that is written in order, one block at a time.
 *
 * INVARIANT: the descriptor is closed only when no operation uses it, as the number may be another file's at once.
 */
export class SpillFile {
  readonly #onWritten: (block: Buffer) => void;
  #fd = -1;
  /** Opening, or a write, is under way. */
  #busy = true;
  #reads = 0;
  #closed = false;
  #queue: Buffer[] = [];
  #waiting: ((fault: Error | null) => void)[] = [];
  #position = 0;
  /** Bytes that wait for the disk. */
  backlogBytes = 0;
  /** What went wrong; from then on nothing waits and nothing is written. */
  failure: Error | null = null;

  /** `onWritten` gets each block, or the last part of it, when the whole block is in the file. */
  constructor(directory: string, onWritten: (block: Buffer) => void) {
    this.#onWritten = onWritten;
    const path = join(directory, `hostward-body-${randomBytes(12).toString("hex")}`);
    fs.open(path, "wx+", 0o600, (fault, fd) => {
      if (fault !== null) return this.#settle(fault);
      this.#fd = fd;
      fs.unlink(path, (unlinkFault) => this.#settle(unlinkFault));
    });
  }

  /** Queues `blocks`, none of them empty. Without effect after a failure. */
  append(blocks: readonly Buffer[]): void {
    if (this.failure !== null) return;
    for (const block of blocks) {
      this.#queue.push(block);
      this.backlogBytes += block.length;
    }
    this.#next();
  }

  /** Calls back when nothing waits to be written, or with what went wrong; maybe at once, and never after `close`. */
  whenIdle(done: (fault: Error | null) => void): void {
    if (this.#busy || this.#queue.length > 0) this.#waiting.push(done);
    else done(this.failure);
  }

  /** Reads up to `length` bytes; never calls back after `close`. */
  readAt(position: number, length: number, done: (fault: Error | null, bytes: Buffer) => void): void {
    if (this.#closed) return;
    this.#reads++;
    fs.read(this.#fd, Buffer.allocUnsafeSlow(length), 0, length, position, (fault, count, bytes) => {
      this.#reads--;
      if (this.#closed) return this.#closeWhenUnused();
      const short = fault === null && count === 0 ? new Error("temporary file is shorter than the body") : fault;
      done(short, bytes.subarray(0, count));
    });
  }

  /** Gives the file back, as soon as no operation runs. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#waiting = [];
    this.#closeWhenUnused();
  }

  #closeWhenUnused(): void {
    if (this.#busy || this.#reads > 0 || this.#fd < 0) return;
    fs.close(this.#fd, () => {});
    this.#fd = -1;
  }

  #next(): void {
    const block = this.#queue[0];
    if (this.#busy || block === undefined) return;
    this.#busy = true;
    fs.write(this.#fd, block, 0, block.length, this.#position, (fault, count) => {
      if (fault === null && !this.#closed) this.#wrote(block, count);
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
    this.#onWritten(block);
  }

  #settle(fault: Error | null): void {
    this.#busy = false;
    if (this.#closed) return this.#closeWhenUnused();
    if (fault === null && this.#queue.length > 0) return this.#next();
    if (fault !== null) this.#fail(fault);
    for (const done of this.#waiting.splice(0)) done(fault);
  }

  #fail(fault: Error): void {
    this.failure = fault;
    this.#queue = [];
    this.backlogBytes = 0;
  }
}
