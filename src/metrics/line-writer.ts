import { write as fsWrite } from "node:fs";
import { type CustomTarget, type LogTarget, type OpenTarget, openTarget } from "./log-target.ts";

/** The part of `fs.write` that is used; tests hand in one that fails. */
export type WriteCall = (
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: null,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void;

const NEWLINE = 0x0a;
/** Text is turned into bytes in pieces of this size: longer text outlives the young generation and costs its copying. */
const PIECE_CHARS = 4 * 1024;
/** A UTF-16 unit is at most so many bytes of UTF-8. */
const BYTES_PER_CHAR_MAX = 3;
const BATCH_BYTES = 64 * 1024;
/** Room for a batch and the piece that makes it large. */
const BUFFER_BYTES = 2 * BATCH_BYTES;
const FLUSH_AFTER_MS = 100;
const RETRY_AFTER_MS = 20;
const CLOSE_WITHIN_MS = 1000;
/** What may wait while a write is in flight. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/** What one write puts out: the first `length` bytes of a buffer. */
interface Batch {
  readonly buffer: Uint8Array;
  readonly length: number;
  written: number;
}

/**
 * Lines to a file or a stream, in batches, never waiting for either.
 *
 * A batch goes out when it is large or 100 ms old. One write is in flight at a time, so lines keep their order, and
 * what comes meanwhile is the next batch. That is bounded: beyond it new lines are dropped and counted, and so are
 * the lines of a batch that cannot be written (a full disk, a reader that is gone). The process never fails for want
 * of its log. Two buffers take turns, so that an ordinary load leaves no garbage but its lines.
 */
export class LineWriter {
  readonly #target: LogTarget | CustomTarget;
  readonly #dropped: (lines: number) => void;
  readonly #write: WriteCall;
  /** What the batch in flight goes to, and what the next one will go to: two only around a reopen. */
  #current: OpenTarget;
  #newest: OpenTarget;
  #text = "";
  /** What is gathered: the first `#filled` bytes. */
  #filling: Uint8Array = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #filled = 0;
  /** Gathered before, in order, while a write is in flight; and how much with what `#filling` holds. */
  #waiting: Batch[] = [];
  #waitingBytes = 0;
  #spare: Uint8Array | null = null;
  #batch: Batch | null = null;
  #flushTimer: NodeJS.Timeout | null = null;
  #retryTimer: NodeJS.Timeout | null = null;
  #closed: PromiseWithResolvers<void> | null = null;

  /** Opens the target, or throws the system's error; `dropped` is told of every line that is lost. */
  constructor(target: LogTarget | CustomTarget, dropped: (lines: number) => void, write: WriteCall = fsWrite) {
    this.#target = target;
    this.#dropped = dropped;
    this.#write = write;
    this.#current = openTarget(target);
    this.#newest = this.#current;
  }

  /** Takes one line, its newline included. Hot: once per request. */
  write(line: string): void {
    if (this.#closed !== null || this.#waitingBytes > WAITING_BYTES_MAX) {
      this.#dropped(1);
      return;
    }
    this.#text += line;
    if (this.#text.length >= PIECE_CHARS) this.#encode();
    if (this.#batch === null) this.#nextSoon();
  }

  /** Takes whole lines that another thread made; they are written or dropped together. */
  writeLines(lines: Uint8Array): void {
    const { length } = lines;
    if (this.#closed !== null || this.#waitingBytes > WAITING_BYTES_MAX)
      return this.#dropped(linesIn(lines, 0, length));
    this.#encode();
    this.#makeRoom(length);
    this.#filling.set(lines, this.#filled);
    this.#filled += length;
    this.#waitingBytes += length;
    if (this.#batch === null) this.#nextSoon();
  }

  /** Opens the path anew, after it was renamed; when that fails it throws, and the old file stays in use. */
  reopen(): void {
    const opened = openTarget(this.#target);
    if (this.#newest !== this.#current) this.#newest.close();
    this.#newest = opened;
    if (this.#batch === null) this.#next();
  }

  /** Writes what is left and closes. What cannot be written within a second is dropped and counted. */
  async close(): Promise<void> {
    if (this.#closed !== null) return this.#closed.promise;
    this.#closed = Promise.withResolvers();
    const deadline = setTimeout(() => this.#giveUp(), CLOSE_WITHIN_MS);
    if (this.#batch === null) this.#next();
    await this.#closed.promise;
    clearTimeout(deadline);
    this.#current.close();
  }

  #nextSoon(): void {
    if (this.#waitingBytes >= BATCH_BYTES) this.#next();
    else this.#flushTimer ??= setTimeout(() => this.#next(), FLUSH_AFTER_MS);
  }

  /** Begins the next batch, if there is anything to write. */
  #next(): void {
    clearTimeout(this.#flushTimer ?? undefined);
    this.#flushTimer = null;
    if (this.#newest !== this.#current) this.#current.close();
    this.#current = this.#newest;
    this.#batch = this.#taken();
    if (this.#batch !== null) this.#send(this.#batch);
    else this.#closed?.resolve();
  }

  #encode(): void {
    if (this.#text === "") return;
    this.#makeRoom(BYTES_PER_CHAR_MAX * this.#text.length);
    const { written } = utf8.encodeInto(this.#text, this.#filling.subarray(this.#filled));
    this.#text = "";
    this.#filled += written;
    this.#waitingBytes += written;
  }

  /** Makes room for so many bytes behind what is gathered, with a further buffer where there is none. */
  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#filling.length) return;
    if (this.#filled > 0) this.#waiting.push(this.#takeFilling());
    if (bytes > this.#filling.length) this.#filling = Buffer.allocUnsafeSlow(bytes);
  }

  /** What is gathered in one buffer; another is gathered in from now on. */
  #takeFilling(): Batch {
    const batch = { buffer: this.#filling, length: this.#filled, written: 0 };
    this.#filling = this.#spare ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#spare = null;
    this.#filled = 0;
    return batch;
  }

  /** What waits longest, which then waits no more; null when nothing does. */
  #taken(): Batch | null {
    this.#encode();
    if (this.#waitingBytes === 0) return null;
    const batch = this.#waiting.shift() ?? this.#takeFilling();
    this.#waitingBytes -= batch.length;
    return batch;
  }

  #send(batch: Batch): void {
    const { buffer, length, written } = batch;
    this.#write(this.#current.fd, buffer, written, length - written, null, (error, count) => {
      if (batch !== this.#batch) return; // given up meanwhile
      if (error?.code === "EAGAIN") {
        this.#retryTimer = setTimeout(() => this.#send(batch), RETRY_AFTER_MS);
        return;
      }
      if (error !== null) this.#dropped(linesLeft(batch));
      else batch.written += count;
      if (error !== null || batch.written === length) this.#batchOver(batch);
      else this.#send(batch);
    });
  }

  /** What came meanwhile goes out when it is large or old, too: a write costs as much as a dozen lines. */
  #batchOver({ buffer }: Batch): void {
    this.#batch = null;
    if (buffer.length === BUFFER_BYTES) this.#spare = buffer;
    if (this.#closed !== null || this.#newest !== this.#current) this.#next();
    else if (this.#waitingBytes > 0 || this.#text !== "") this.#nextSoon();
  }

  #giveUp(): void {
    clearTimeout(this.#retryTimer ?? undefined);
    for (let batch = this.#batch; batch !== null; batch = this.#taken()) this.#dropped(linesLeft(batch));
    this.#next();
  }
}

const utf8 = new TextEncoder();

/** Lines of a batch of which not all was written. */
function linesLeft({ buffer, length, written }: Batch): number {
  return linesIn(buffer, written, length);
}

function linesIn(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) if (bytes[i] === NEWLINE) lines++;
  return lines;
}
