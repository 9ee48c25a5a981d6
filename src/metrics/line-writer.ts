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
const BATCH_BYTES = 64 * 1024;
const FLUSH_AFTER_MS = 100;
const RETRY_AFTER_MS = 20;
const CLOSE_WITHIN_MS = 1000;
/** What may wait while a write is in flight. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

/** What one write puts out. */
interface Batch {
  readonly bytes: Uint8Array;
  written: number;
}

/**
 * Lines to a file or a stream, in batches, never waiting for either.
 *
 * A batch goes out when it is large or 100 ms old. One write is in flight at a time, so lines keep their order, and
 * what comes meanwhile is the next batch. That is bounded: beyond it new lines are dropped and counted, and so are
 * the lines of a batch that cannot be written (a full disk, a reader that is gone). The process never fails for want
 * of its log.
 */
export class LineWriter {
  readonly #target: LogTarget | CustomTarget;
  readonly #dropped: (lines: number) => void;
  readonly #write: WriteCall;
  /** What the batch in flight goes to, and what the next one will go to: two only around a reopen. */
  #current: OpenTarget;
  #newest: OpenTarget;
  #text = "";
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
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
    if (this.#closed !== null || this.#pieceBytes > WAITING_BYTES_MAX) {
      this.#dropped(1);
      return;
    }
    this.#text += line;
    if (this.#text.length >= PIECE_CHARS) this.#encode();
    if (this.#batch === null) this.#nextSoon();
  }

  /** Takes whole lines that another thread made; they are written or dropped together. */
  writeLines(lines: Uint8Array): void {
    if (this.#closed !== null || this.#pieceBytes > WAITING_BYTES_MAX) return this.#dropped(linesIn(lines, 0));
    this.#encode();
    this.#pieces.push(lines);
    this.#pieceBytes += lines.length;
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
    if (this.#pieceBytes >= BATCH_BYTES) this.#next();
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
    const piece = Buffer.from(this.#text);
    this.#text = "";
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
  }

  /** All that waits, which then waits no more; null when nothing does. */
  #taken(): Batch | null {
    this.#encode();
    if (this.#pieceBytes === 0) return null;
    const batch = { bytes: Buffer.concat(this.#pieces, this.#pieceBytes), written: 0 };
    this.#pieces = [];
    this.#pieceBytes = 0;
    return batch;
  }

  #send(batch: Batch): void {
    const { bytes, written } = batch;
    this.#write(this.#current.fd, bytes, written, bytes.length - written, null, (error, count) => {
      if (batch !== this.#batch) return; // given up meanwhile
      if (error?.code === "EAGAIN") {
        this.#retryTimer = setTimeout(() => this.#send(batch), RETRY_AFTER_MS);
        return;
      }
      if (error !== null) this.#dropped(linesLeft(batch));
      else batch.written += count;
      if (error !== null || batch.written === bytes.length) this.#batchOver();
      else this.#send(batch);
    });
  }

  /** What came meanwhile goes out when it is large or old, too: a write costs as much as a dozen lines. */
  #batchOver(): void {
    this.#batch = null;
    if (this.#closed !== null || this.#newest !== this.#current) this.#next();
    else if (this.#pieceBytes > 0 || this.#text !== "") this.#nextSoon();
  }

  #giveUp(): void {
    clearTimeout(this.#retryTimer ?? undefined);
    for (const batch of [this.#batch, this.#taken()]) {
      if (batch !== null) this.#dropped(linesLeft(batch));
    }
    this.#next();
  }
}

/** Lines of a batch of which not all was written. */
function linesLeft({ bytes, written }: Batch): number {
  return linesIn(bytes, written);
}

function linesIn(bytes: Uint8Array, from: number): number {
  let lines = 0;
  for (let i = from; i < bytes.length; i++) if (bytes[i] === NEWLINE) lines++;
  return lines;
}
