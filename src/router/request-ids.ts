import { randomFillSync } from "node:crypto";

/** Digits of one pair: 32 of the trace, 16 of the span. */
const ID_DIGITS = 48;
const IDS_PER_BLOCK = 512;
/** Ids written as digits at once. A tunnel keeps the text that its id was cut from: it must be small. */
const IDS_PER_TEXT = 16;
const TEXT_BYTES = (IDS_PER_TEXT * ID_DIGITS) / 2;
const BLOCK_BYTES = (IDS_PER_BLOCK * ID_DIGITS) / 2;

/**
 * Unguessable request ids and W3C trace contexts, drawn from a block of random bytes that is refilled when used up.
 *
 * Hot: one slice per request.
 */
export class RequestIds {
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #nextText = BLOCK_BYTES;
  #text = "";
  #next = 0;

  /** 48 hexadecimal digits: the first 32 are a request or trace id, the rest a span id. */
  draw(): string {
    if (this.#next === this.#text.length) this.#refill();
    const from = this.#next;
    this.#next += ID_DIGITS;
    return this.#text.slice(from, this.#next);
  }

  #refill(): void {
    if (this.#nextText === BLOCK_BYTES) {
      randomFillSync(this.#block);
      this.#nextText = 0;
    }
    this.#text = this.#block.toString("hex", this.#nextText, this.#nextText + TEXT_BYTES);
    this.#nextText += TEXT_BYTES;
    this.#next = 0;
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
