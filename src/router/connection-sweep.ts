import type { ClientConnection } from "./client-connection.ts";

/** Some half a millisecond of refusing or closing. */
const ACTED_PER_TURN = 16;

/**
 * Holds connections to their deadlines. Those that are overdue together, as a thousand that were opened together are, are
 * acted on in portions, with whatever else is due in between.
 */
export class ConnectionSweep {
  readonly #connections: Iterable<ClientConnection>;
  /** Where a sweep goes on that did not come to its end yet. */
  #rest: Iterator<ClientConnection> | null = null;

  constructor(connections: Iterable<ClientConnection>) {
    this.#connections = connections;
  }

  /** Looks at every connection; does nothing while the sweep before still acts. */
  sweep(nowMs: number): void {
    if (this.#rest !== null) return;
    this.#rest = this.#connections[Symbol.iterator]();
    this.#act(nowMs);
  }

  #act(nowMs: number): void {
    const rest = this.#rest!;
    let acted = 0;
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      if (next.value.sweep(nowMs) && ++acted === ACTED_PER_TURN) {
        setImmediate(() => this.#act(nowMs));
        return;
      }
    }
    this.#rest = null;
  }
}
