import { type CellShare, unshared } from "./cell-memory.ts";
import type { Label } from "./labels.ts";
import { labelsMax } from "./pool-names.ts";

/** Label values of one series, in the order of the metric's labels. */
export type LabelValues = readonly string[];

/**
 * The numbers of one counter: a flat array with one cell for each combination of label values.
 *
 * Doubles, so that byte counts stay exact up to 2^53. The pool, where there is one, is the slowest dimension.
 */
export class Cells {
  data: Float64Array;
  readonly #labels: readonly Label[];
  readonly #perPool: number;
  readonly #hasPool: boolean;
  readonly #others: readonly Float64Array[];

  constructor(labels: readonly Label[], { own, others }: CellShare = unshared) {
    this.#labels = labels;
    this.#hasPool = labels[0]?.name === "pool";
    this.#perPool = labels.reduce((size, label) => size * (label.values?.length ?? 1), 1);
    // What is shared cannot grow: it has room for all pools that there may be.
    const most = this.count(labelsMax);
    this.data = own?.take(most) ?? new Float64Array(this.#perPool);
    this.#others = others.map((memory) => memory.take(most));
  }

  /** The most cells that a counter with these labels can have. */
  static most(labels: readonly Label[]): number {
    return new Cells(labels).count(labelsMax);
  }

  /** What is counted in a cell by all threads. */
  value(cell: number): number {
    let sum = this.data[cell] as number;
    for (const other of this.#others) sum += other[cell] as number;
    return sum;
  }

  /** Makes room for `pools` pools; never shrinks, so an index once given stays good. */
  grow(pools: number): void {
    const size = this.count(pools);
    if (size <= this.data.length) return;
    const larger = new Float64Array(Math.max(size, 2 * this.data.length));
    larger.set(this.data);
    this.data = larger;
  }

  /** The cell of one value per label: pools by index, the rest by name. Throws for a value that is not in the table. */
  at(place: readonly (string | number)[]): number {
    let cell = 0;
    for (let i = 0; i < this.#labels.length; i++) {
      const label = this.#labels[i] as Label;
      const value = place[i];
      const index = typeof value === "number" ? value : (label.values?.indexOf(value ?? "") ?? -1);
      if (index < 0) throw new Error(`label ${label.name} has no value ${value}`);
      cell = cell * (label.values?.length ?? 1) + index;
    }
    return cell;
  }

  /** How many cells the first `pools` pools have. */
  count(pools: number): number {
    return this.#hasPool ? pools * this.#perPool : this.#perPool;
  }

  /** The label values of a cell. */
  valuesOf(cell: number, pools: readonly string[]): LabelValues {
    const values: string[] = [];
    let rest = cell;
    for (const label of this.#labels.toReversed()) {
      const names = label.values ?? pools;
      values.unshift(names[rest % names.length] as string);
      rest = Math.floor(rest / names.length);
    }
    return values;
  }
}
