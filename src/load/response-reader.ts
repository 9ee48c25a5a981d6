/**
 * Reads one HTTP/1.1 response after another from the bytes of a connection, strictly: what breaks the grammar is no
 * answer. It keeps nothing of a body. It shares no code with the edge, so that a fault there cannot hide here.
 *
 * Hot: once for each piece that arrives; a head is walked by index, and bodies are only counted.
 */

/** What a piece made of the response: it goes on, it is whole, or it is none. */
export type ReadState = "more" | "complete" | "malformed";

const headBytesMax = 64 * 1024;
const lineBytesMax = 4 * 1024;
const interimMax = 10;
const HEAD_END = Buffer.from("\r\n\r\n");
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** A field that says nothing of the framing, as that may not be said here any more (RFC 9110 section 6.5.1). */
const trailerLine = /^(?!content-length:|transfer-encoding:)[!#$%&'*+.^_`|~0-9a-z-]+:[\t\x20-\x7e\x80-\xff]*$/i;
/** Size and extensions, without the white space that RFC 9112 only allows for the sake of old senders. */
const chunkLine =
  /^([0-9a-f]{1,13})(?:;[!#$%&'*+.^_`|~0-9a-z-]+(?:=(?:[!#$%&'*+.^_`|~0-9a-z-]+|"[^"\\\x00-\x1f\x7f]*"))?)*$/i;

type Part = "head" | "length" | "close" | "chunk-size" | "chunk-data" | "chunk-end" | "trailer";

export class ResponseReader {
  status = 0;
  /** Whether the connection may carry another request after this response. */
  keepsAlive = false;
  /** What a worker of the harness says of itself: its name, and the host that it was asked for. Empty where it says nothing. */
  worker = "";
  host = "";
  webSocketAccept = "";
  #method = "GET";
  #part: Part = "head";
  /** Bytes to come of the body or the chunk. */
  #left = 0;
  /** The beginning of a head or line whose end has not come. */
  #held = "";
  #interim = 0;

  /** Makes ready for the response to a request of this method. */
  begin(method: string): void {
    this.#method = method;
    this.#interim = 0;
    this.#beginHead();
  }

  #beginHead(): void {
    this.#part = "head";
    this.#held = "";
    this.status = 0;
    this.keepsAlive = false;
    this.worker = "";
    this.host = "";
    this.webSocketAccept = "";
  }

  /** Takes the next bytes. Bytes after the end of a response make it malformed, but for those of an upgraded connection. */
  push(bytes: Buffer): ReadState {
    let at = 0;
    while (at < bytes.length) {
      if (this.#part === "close") return "more";
      if (this.#part === "length" || this.#part === "chunk-data") {
        const taken = Math.min(this.#left, bytes.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left > 0) return "more";
        if (this.#part === "length") return at === bytes.length ? "complete" : "malformed";
        this.#part = "chunk-end";
        continue;
      }
      const end = this.#part === "head" ? this.#takeHead(bytes, at) : this.#takeLine(bytes, at);
      if (end === "malformed" || end === "more") return end;
      if (end < 0) return -end === bytes.length || this.status === 101 ? "complete" : "malformed";
      at = end;
    }
    return "more";
  }

  /** What the end of the connection makes of the response. */
  end(): ReadState {
    return this.#part === "close" ? "complete" : "malformed";
  }

  /** Index after the head, negative where the response ends with it. */
  #takeHead(bytes: Buffer, at: number): number | "more" | "malformed" {
    const text = this.#until(bytes, at, HEAD_END, headBytesMax);
    if (typeof text !== "object") return text;
    const framing = this.#readHead(text.text);
    if (framing === null) return "malformed";
    if (this.status < 200 && this.status !== 101) {
      if (++this.#interim > interimMax) return "malformed";
      this.#beginHead();
      return text.next;
    }
    if (framing === "none") return -text.next;
    this.#part = framing;
    return text.next;
  }

  /** Index after a line of the chunked coding, negative after the last one. */
  #takeLine(bytes: Buffer, at: number): number | "more" | "malformed" {
    const line = this.#until(bytes, at, "\r\n", lineBytesMax);
    if (typeof line !== "object") return line;
    const { text, next } = line;
    if (this.#part === "trailer") return text === "" ? -next : trailerLine.test(text) ? next : "malformed";
    if (this.#part === "chunk-end") {
      this.#part = "chunk-size";
      return text === "" ? next : "malformed";
    }
    const size = chunkLine.exec(text);
    if (size === null) return "malformed";
    this.#left = Number.parseInt(size[1]!, 16);
    this.#part = this.#left === 0 ? "trailer" : "chunk-data";
    return next;
  }

  /** The text before the mark, and the index after it; what is not whole yet is held. */
  #until(
    bytes: Buffer,
    at: number,
    mark: string | Buffer,
    max: number,
  ): { text: string; next: number } | "more" | "malformed" {
    if (this.#held === "") {
      const found = bytes.indexOf(mark, at);
      if (found >= 0) return { text: bytes.toString("latin1", at, found), next: found + mark.length };
    }
    const held = this.#held.length;
    this.#held += bytes.toString("latin1", at, at + max);
    const found = this.#held.indexOf(mark.toString());
    if (found < 0) return this.#held.length >= max ? "malformed" : "more";
    const text = this.#held.slice(0, found);
    this.#held = "";
    return { text, next: at + found + mark.length - held };
  }

  /** How the body's end is known (RFC 9112 section 6.3); null for a head that breaks the grammar or contradicts itself. */
  #readHead(head: string): "none" | "length" | "close" | "chunk-size" | null {
    let lineEnd = head.indexOf("\r\n");
    if (lineEnd < 0) lineEnd = head.length;
    const first = statusLine.exec(head.slice(0, lineEnd));
    if (first === null) return null;
    this.status = Number(first[2]);
    const minor = first[1];
    let length = -1;
    let coding = "";
    let connection = "";
    for (let at = lineEnd + 2; at < head.length; at = lineEnd + 2) {
      lineEnd = head.indexOf("\r\n", at);
      if (lineEnd < 0) lineEnd = head.length;
      const colon = head.indexOf(":", at);
      if (colon < 0 || colon >= lineEnd || !token.test(head.slice(at, colon))) return null;
      const written = head.slice(colon + 1, lineEnd);
      if (!fieldValue.test(written)) return null; // before it is trimmed, which would take a bare line feed with it
      const value = written.trim();
      const name = fieldName(head, at, colon);
      if (name === "content-length") {
        if (!/^\d{1,15}$/.test(value) || (length >= 0 && length !== Number(value))) return null;
        length = Number(value);
      } else if (name === "transfer-encoding") coding += `${coding === "" ? "" : ","}${value.toLowerCase()}`;
      else if (name === "connection") connection += `,${value.toLowerCase()}`;
      else this.#note(name, value);
    }
    if (coding !== "" && (coding !== "chunked" || length >= 0 || minor === "0")) return null;
    const options = connection.split(",").map((option) => option.trim());
    this.keepsAlive = minor === "1" ? !options.includes("close") : options.includes("keep-alive");
    if (this.#method === "HEAD" || this.status < 200 || this.status === 204 || this.status === 304) return "none";
    if (coding !== "") return "chunk-size";
    if (length < 0) this.keepsAlive = false;
    this.#left = length;
    return length < 0 ? "close" : length === 0 ? "none" : "length";
  }

  #note(name: string, value: string): void {
    if (name === "x-bench-worker") this.worker = value;
    else if (name === "x-bench-host") this.host = value;
    else if (name === "sec-websocket-accept") this.webSocketAccept = value;
  }
}

/** The name in lower case where its length is that of a field that matters, so that others cost nothing. */
function fieldName(head: string, at: number, colon: number): string {
  const length = colon - at;
  const matters = length === 10 || length === 12 || length === 14 || length === 17 || length === 20;
  return matters ? head.slice(at, colon).toLowerCase() : "";
}
