import { foreignBytes } from "./stamps.ts";

/** Reads one response as it comes and counts every byte of its body that is not the stamp. */
export class ResponseStream {
  status = 0;
  done = false;
  closes = false;
  foreign = 0;
  bodyBytes = 0;
  readonly #stamp: number;
  #head = "";
  #inHead = true;
  /** Body bytes still to come: of the whole body, or of the chunk. */
  #remaining = 0;
  #chunked = false;
  #line = "";

  constructor(stamp: number) {
    this.#stamp = stamp;
  }

  header(name: string): string | null {
    return new RegExp(`\r\n${name}: ([^\r]*)\r\n`, "i").exec(this.#head)?.[1] ?? null;
  }

  /** Index behind what belongs to this response. */
  read(data: Buffer, from: number): number {
    let at = from;
    while (at < data.length && !this.done) at = this.#inHead ? this.#readHead(data, at) : this.#readBody(data, at);
    return at;
  }

  #readHead(data: Buffer, from: number): number {
    const before = this.#head.length;
    this.#head += data.toString("latin1", from);
    const end = this.#head.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if (end < 0) return data.length;
    this.#head = this.#head.slice(0, end + 4);
    this.#inHead = false;
    this.status = Number(this.#head.slice(9, 12));
    this.closes = /\r\nconnection: close\r\n/i.test(this.#head);
    this.#chunked = /\r\ntransfer-encoding: chunked\r\n/i.test(this.#head);
    this.#remaining = Number(this.header("content-length") ?? 0);
    this.done = !this.#chunked && this.#remaining === 0;
    return from + end + 4 - before;
  }

  #readBody(data: Buffer, from: number): number {
    if (this.#remaining === 0) return this.#readChunkLine(data, from);
    const to = Math.min(data.length, from + this.#remaining);
    // The edge's own answers are text, and marked by the stamp that they lack.
    if (this.header("x-stamp") !== null) this.foreign += foreignBytes(data, from, to, this.#stamp);
    this.bodyBytes += to - from;
    this.#remaining -= to - from;
    if (this.#remaining === 0 && !this.#chunked) this.done = true;
    return to;
  }

  /** The CRLF behind a chunk, the next size, or the end. */
  #readChunkLine(data: Buffer, from: number): number {
    let at = from;
    while (at < data.length && !this.#line.endsWith("\n")) this.#line += String.fromCharCode(data[at++]!);
    if (!this.#line.endsWith("\n")) return at;
    const line = this.#line.trim();
    this.#line = "";
    if (line === "0") this.#line = "last";
    else if (line === "last") this.done = true;
    else if (line !== "") this.#remaining = Number.parseInt(line, 16);
    return at;
  }
}
