/** What a bench worker reads of a request: as little as it can, since its cost falls on whatever is measured beside it. */

export interface WorkerRequest {
  readonly method: string;
  readonly target: string;
  /** Without port, in lower case. */
  readonly host: string;
  /** Value of a field by its name in lower case; empty where it is missing. */
  field(name: string): string;
}

const contentLength = /^\d{1,15}$/;
/** Size and extensions. */
const chunkLine = /^([0-9a-f]{1,8})[\t ]*(?:;|$)/i;

/** Reads the requests of one connection, whose bodies are counted and thrown away. */
export class WorkerRequestReader {
  #text = "";
  #head: WorkerRequest | null = null;
  /** Bytes of the body that are still to come; -1 for a chunked one. */
  #left = 0;
  /** The length of a body cannot be read: there is no next request. */
  isMalformed = false;

  /** Takes bytes, or none to go on with those at hand; the next whole request, or null while there is none. */
  push(bytes: Buffer | null): WorkerRequest | null {
    if (this.isMalformed) return null;
    if (bytes !== null) this.#take(bytes);
    if (this.#head === null && !this.#readHead()) return null;
    if (!this.#bodyEnded()) return null;
    const head = this.#head;
    this.#head = null;
    return head;
  }

  #take(bytes: Buffer): void {
    // A long body is not worth a string: only what comes after it is.
    const skipped = this.#head !== null && this.#left > 0 && this.#text === "" ? Math.min(this.#left, bytes.length) : 0;
    this.#left -= skipped;
    if (skipped < bytes.length) this.#text += bytes.toString("latin1", skipped);
  }

  #readHead(): boolean {
    const end = this.#text.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.#text.slice(0, end + 2);
    this.#text = this.#text.slice(end + 4);
    const [method = "", target = ""] = head.slice(0, head.indexOf("\r\n")).split(" ", 2);
    const field = (name: string): string => fieldIn(head, name);
    this.#head = { method, target, host: field("host").replace(/:\d*$/, "").toLowerCase(), field };
    const length = field("content-length");
    this.isMalformed = length !== "" && !contentLength.test(length);
    this.#left = field("transfer-encoding") === "" ? Number(length) : -1;
    return !this.isMalformed;
  }

  #bodyEnded(): boolean {
    if (this.#left < 0) return this.#chunksEnded();
    const taken = Math.min(this.#left, this.#text.length);
    this.#text = this.#text.slice(taken);
    this.#left -= taken;
    return this.#left === 0;
  }

  #chunksEnded(): boolean {
    for (;;) {
      const lineEnd = this.#text.indexOf("\r\n");
      if (lineEnd < 0) return false;
      const digits = chunkLine.exec(this.#text.slice(0, lineEnd))?.[1];
      if (digits === undefined) {
        this.isMalformed = true;
        return false;
      }
      const size = Number.parseInt(digits, 16);
      if (this.#text.length < lineEnd + size + 4) return false;
      this.#text = this.#text.slice(lineEnd + size + 4);
      if (size === 0) return true;
    }
  }
}

function fieldIn(head: string, name: string): string {
  const start = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (start < 0) return "";
  const from = start + name.length + 3;
  return head.slice(from, head.indexOf("\r\n", from)).trim();
}
