/** Label of what belongs to no pool; no pool can be called so. */
const NONE = "-";
/** Label that the pools over the bound share. */
const OTHER = "*";
/** Pools with labels of their own: a scrape with all of them in use on every rule stalls the edge for some 40 ms. */
export const poolsMax = 62;

/** Labels of pools that there may be at most. */
export const labelsMax = poolsMax + 2;

/**
 * The pools that metrics name, by index: 0 is none, 1 all that came after the first 62.
 *
 * An index never changes its meaning, also when a reload removes a pool: its counters go on where it left them if it
 * comes back.
 */
export class PoolNames {
  /** Label of each index. */
  readonly labels: string[] = [NONE, OTHER];
  readonly #indexes = new Map<string, number>();

  /** The pools that have a label of their own, in the order of their indexes. */
  get names(): readonly string[] {
    return [...this.#indexes.keys()];
  }

  /** The index of a pool, a new one where it has none yet; 0 for the empty name. */
  add(pool: string): number {
    if (pool === "") return 0;
    const known = this.#indexes.get(pool);
    if (known !== undefined) return known;
    if (this.#indexes.size === poolsMax) return 1;
    const index = this.labels.push(pool) - 1;
    this.#indexes.set(pool, index);
    return index;
  }

  /** The label under which a pool's numbers go; adds nothing. */
  labelOf(pool: string): string {
    return this.#indexes.has(pool) ? pool : OTHER;
  }
}
