import type { Field, WorkerRequest } from "./message.ts";

const headBytesMax = 1 << 20;
const fieldsMax = 100;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
}

/**
 * Reads one request from bytes as they arrive, as leniently as Python's `http.server`: bare line feeds and folded
 * lines pass, a broken Content-Length counts as none. A test double: nothing that faces clients may read like this.
 */
export class RequestReader {
  #head: Head | null = null;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** Whether the head is complete, so that a silent client is stalling in its body. */
  get inBody(): boolean {
    return this.#head !== null;
  }

  /** Whether the client waits for `100 Continue` before its body. */
  get expectsContinue(): boolean {
    return this.#head !== null && this.#bytes === 0 && headValue(this.#head, "expect").toLowerCase() === "100-continue";
  }

  /** The request once it is complete, null while bytes are missing, or the status that refuses it. */
  push(chunk: Buffer): WorkerRequest | 400 | 431 | null {
    this.#keep(chunk);
    if (this.#head === null) {
      const refused = this.#readHead();
      if (refused !== null) return refused;
    }
    return this.#head === null ? null : this.#complete(this.#head);
  }

  #keep(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
  }

  #readHead(): 400 | 431 | null {
    const bytes = Buffer.concat(this.#pieces);
    const text = bytes.toString("latin1");
    const end = /\r?\n\r?\n/.exec(text);
    if (end === null) return bytes.length > headBytesMax ? 431 : null;
    const head = parseHead(text.slice(0, end.index));
    if (head === null) return 400;
    if (head.fields.length > fieldsMax) return 431;
    this.#head = head;
    this.#pieces = [];
    this.#bytes = 0;
    const rest = bytes.subarray(end.index + end[0].length);
    if (rest.length > 0) this.#keep(rest);
    return null;
  }

  #complete(head: Head): WorkerRequest | null {
    if (headValue(head, "transfer-encoding").toLowerCase() === "chunked") {
      if (this.#pieces.at(-1)?.at(-1) !== 10) return null;
      const body = decodeChunks(Buffer.concat(this.#pieces));
      return body === null ? null : { ...head, body };
    }
    const length = Number(headValue(head, "content-length")) || 0;
    if (this.#bytes < length) return null;
    return { ...head, body: Buffer.concat(this.#pieces).subarray(0, length) };
  }
}

function headValue(head: Head, name: string): string {
  return head.fields.find(([given]) => given.toLowerCase() === name)?.[1] ?? "";
}

function parseHead(text: string): Head | null {
  const [requestLine, ...lines] = text.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const [method, target, version] = requestLine!.split(" ");
  if (method === undefined || target === undefined || !version?.startsWith("HTTP/1.")) return null;
  const fields = lines.map((line): Field => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { method, target, fields };
}

/** The data of all chunks, or null while the last one has not come. */
function decodeChunks(bytes: Buffer): Buffer | null {
  const data: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (size === 0) return bytes.indexOf("\r\n\r\n", lineEnd - 1) < 0 ? null : Buffer.concat(data);
    if (Number.isNaN(size) || bytes.length < lineEnd + size + 4) return null;
    data.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + size + 4;
  }
}
