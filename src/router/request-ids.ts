import { randomFillSync } from "node:crypto";

/** Bytes of one id pair: 16 of trace and 8 of span. */
const ID_BYTES = 24;
const POOL_BYTES = ID_BYTES * 512;

/**
 * Unguessable request ids and W3C trace contexts, drawn from a block of random bytes that is refilled when used up.
 *
 * Hot: one hexadecimal conversion per request.
 */
export class RequestIds {
  readonly #pool = Buffer.allocUnsafeSlow(POOL_BYTES);
  #next = POOL_BYTES;

  /** 48 hexadecimal digits: the first 32 are a request or trace id, the rest a span id. */
  draw(): string {
    if (this.#next === POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    const from = this.#next;
    this.#next += ID_BYTES;
    return this.#pool.toString("hex", from, from + ID_BYTES);
  }
}

/** Whether a traceparent may be continued: version 00 and no all-zero id (W3C Trace Context section 3.2). */
export function isTraceparent(value: string): boolean {
  return /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(value);
}

/** Whether a trusted proxy's request id is fit for logs and headers. */
export function isRequestId(value: string): boolean {
  return /^[A-Za-z0-9._-]{8,128}$/.test(value);
}
