import { allocateLines, giveBack, lineOf, SCHEDULER } from "./parts.ts";

const PRESSED = 0;

/**
 * Whether places of one pool are rationed: somebody waits who could have one, or has just asked. While it is pressed
 * nobody takes a place without asking, and each place that is given back is told to the one who schedules.
 *
 * Whoever asks presses before it asks, and the scheduler presses before it looks for a free place. Whoever gives a place
 * back does so before it looks here. So either the scheduler finds the place, or it is told of it.
 */
export class Pressure {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  #rationed = false;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  static allocate(parts: number): SharedArrayBuffer {
    return allocateLines(parts);
  }

  get pressed(): boolean {
    return Atomics.load(this.#words, PRESSED) !== 0;
  }

  /** A question of `part` is on its way. */
  press(part: number): void {
    Atomics.add(this.#words, PRESSED, 1);
    Atomics.add(this.#words, lineOf(part) + PRESSED, 1);
  }

  /** It was answered, or stands in the queue. */
  ease(part: number): void {
    Atomics.sub(this.#words, lineOf(part) + PRESSED, 1);
    Atomics.sub(this.#words, PRESSED, 1);
  }

  /** For the scheduler alone, as often as it likes. */
  ration(): void {
    if (!this.#rationed) this.press(SCHEDULER);
    this.#rationed = true;
  }

  relax(): void {
    if (this.#rationed) this.ease(SCHEDULER);
    this.#rationed = false;
  }

  giveBack(part: number): void {
    giveBack(this.#words, PRESSED, part);
  }
}
