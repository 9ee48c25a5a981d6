/**
 * Where the cells of instruments are, when several threads count: each thread writes into memory of its own, which only
 * it writes, and whoever is scraped reads all of them. So counting takes no lock and no atomic instruction; a read may miss
 * what is counted at that moment.
 */
export class CellMemory {
  readonly #numbers: Float64Array;
  #next = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#numbers = new Float64Array(buffer);
  }

  /** The next piece. INVARIANT: all who share a buffer take the same pieces in the same order. */
  take(cells: number): Float64Array {
    const piece = this.#numbers.subarray(this.#next, this.#next + cells);
    this.#next += cells;
    if (piece.length < cells) throw new Error("the memory of metrics is too small for them");
    return piece;
  }
}

/** How the instruments of one thread stand to those of others. */
export interface CellShare {
  /** Where this thread counts; null: in memory that nobody else sees. */
  readonly own: CellMemory | null;
  /** Where others count, to be added up when read. */
  readonly others: readonly CellMemory[];
}

/** Nobody else counts. */
export const unshared: CellShare = { own: null, others: [] };
