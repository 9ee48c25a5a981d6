import type { ConnectionCount } from "../client-connections.ts";
import { allocateLines, giveBack, lineOf } from "./parts.ts";

const OPEN = 0;

/** Clients that are connected to any thread. */
export class SharedConnections implements ConnectionCount {
  readonly #words: Int32Array;
  readonly #own: number;

  static allocate(parts: number): SharedArrayBuffer {
    return allocateLines(parts);
  }

  constructor(memory: SharedArrayBuffer, part: number) {
    this.#words = new Int32Array(memory);
    this.#own = lineOf(part);
  }

  get open(): number {
    return Atomics.load(this.#words, OPEN);
  }

  enter(max: number): boolean {
    const words = this.#words;
    for (;;) {
      const open = Atomics.load(words, OPEN);
      if (open >= max) return false;
      if (Atomics.compareExchange(words, OPEN, open, open + 1) === open) {
        Atomics.add(words, this.#own + OPEN, 1);
        return true;
      }
    }
  }

  leave(): void {
    Atomics.sub(this.#words, this.#own + OPEN, 1);
    Atomics.sub(this.#words, OPEN, 1);
  }

  giveBack(part: number): void {
    giveBack(this.#words, OPEN, part);
  }
}
