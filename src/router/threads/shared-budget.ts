import type { ByteBudget } from "../http1/byte-budget.ts";
import { allocateLines, giveBack, LINE_WORDS, lineOf } from "./parts.ts";

/** Memory is taken from the common budget in units of this size: a small body mostly finds room in what its thread has. */
const UNIT_BYTES = 16 * 1024;

/** Words of a line: units taken. In a part's line its bytes follow, as a double. */
const UNITS = 0;
const BYTES = 1;

/**
 * Bytes that all threads hold together. Each thread takes whole units, as many as its bytes need, so that all together never
 * hold more than the maximum; at worst a unit less one byte of each thread goes unused.
 */
export class SharedBudget implements ByteBudget {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #own: number;
  readonly #parts: number;

  static allocate(parts: number): SharedArrayBuffer {
    return allocateLines(parts);
  }

  constructor(memory: SharedArrayBuffer, part: number) {
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#own = lineOf(part);
    this.#parts = this.#words.length / LINE_WORDS - 1;
  }

  get bytes(): number {
    let sum = 0;
    for (let part = 0; part < this.#parts; part++) sum += this.#numbers[lineOf(part) / 2 + BYTES]!;
    return sum;
  }

  take(bytes: number, max: number): boolean {
    const held = this.#numbers[this.#own / 2 + BYTES]! + bytes;
    const units = Math.ceil(held / UNIT_BYTES) - this.#words[this.#own + UNITS]!;
    if (units > 0 && !this.#lease(units, Math.floor(max / UNIT_BYTES))) return false;
    this.#numbers[this.#own / 2 + BYTES] = held;
    return true;
  }

  give(bytes: number): void {
    const held = this.#numbers[this.#own / 2 + BYTES]! - bytes;
    this.#numbers[this.#own / 2 + BYTES] = held;
    const spare = this.#words[this.#own + UNITS]! - Math.ceil(held / UNIT_BYTES);
    if (spare === 0) return;
    Atomics.sub(this.#words, this.#own + UNITS, spare);
    Atomics.sub(this.#words, UNITS, spare);
  }

  giveBack(part: number): void {
    giveBack(this.#words, UNITS, part);
    this.#numbers[lineOf(part) / 2 + BYTES] = 0;
  }

  #lease(units: number, unitsMax: number): boolean {
    const words = this.#words;
    for (;;) {
      const taken = Atomics.load(words, UNITS);
      if (taken + units > unitsMax) return false;
      if (Atomics.compareExchange(words, UNITS, taken, taken + units) === taken) {
        Atomics.add(words, this.#own + UNITS, units);
        return true;
      }
    }
  }
}
