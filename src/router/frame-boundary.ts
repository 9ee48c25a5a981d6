/**
 * Follows WebSocket frames (RFC 6455 section 5.2) far enough to know whether a byte stream stands between two of them.
 * Constant memory; payloads are jumped over.
 */
export class FrameBoundary {
  /** Header bytes gathered: two, up to eight of length, four of mask. */
  readonly #header = new Uint8Array(14);
  #gathered = 0;
  #payload = 0;

  /** Whether the last byte followed was the last of a frame. */
  get between(): boolean {
    return this.#gathered === 0 && this.#payload === 0;
  }

  follow(bytes: Uint8Array, from: number, to: number): void {
    let i = from;
    while (i < to) {
      if (this.#payload > 0) {
        const jump = Math.min(this.#payload, to - i);
        this.#payload -= jump;
        i += jump;
      } else {
        this.#header[this.#gathered++] = bytes[i++]!;
        if (this.#gathered === this.#headerLength()) this.#takeHeader();
      }
    }
  }

  #headerLength(): number {
    if (this.#gathered < 2) return 2;
    const short = this.#header[1]! & 0x7f;
    const mask = (this.#header[1]! & 0x80) === 0 ? 0 : 4;
    return 2 + (short === 127 ? 8 : short === 126 ? 2 : 0) + mask;
  }

  #takeHeader(): void {
    const short = this.#header[1]! & 0x7f;
    const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
    let length = extended === 0 ? short : 0;
    for (let i = 0; i < extended; i++) length = length * 256 + this.#header[2 + i]!;
    this.#payload = length;
    this.#gathered = 0;
  }
}
