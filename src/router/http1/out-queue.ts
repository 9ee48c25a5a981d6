import type { Socket } from "node:net";
import type { HttpLimits } from "../../plan/types.ts";
import type { ByteBudget } from "./byte-budget.ts";

/** See `HttpLimits`. */
export type ResponseBounds = Pick<HttpLimits, "responseBytesMax" | "responseBudgetBytes">;

/**
 * Bytes of responses that wait for a slow client.
 *
 * A prefork worker gives up on a reader that stalls for two seconds, and serves nobody meanwhile (Odoo,
 * `ODOO_HTTP_SOCKET_TIMEOUT`). So a response is taken from its worker as fast as it comes, up to a bound for each
 * connection and one for the process; beyond them the worker has to wait. The socket gets no more than it can take:
 * each `drain` then shows that the client is alive.
 */
export class OutQueue {
  readonly #socket: Socket;
  readonly #budget: ByteBudget;
  #pieces: (Buffer | string)[] = [];
  #next = 0;
  #bytes = 0;

  constructor(socket: Socket, budget: ByteBudget) {
    this.#socket = socket;
    this.#budget = budget;
  }

  /** Whether everything went to the socket. */
  get empty(): boolean {
    return this.#next === this.#pieces.length;
  }

  /** Whether a writer that had to wait may go on. */
  hasRoom(bounds: ResponseBounds): boolean {
    return (
      this.empty || (this.#bytes <= bounds.responseBytesMax / 2 && this.#budget.bytes <= bounds.responseBudgetBytes)
    );
  }

  /** Writes, or keeps for later. Strings are latin-1. False when over a bound: the writer should wait. */
  write(piece: Buffer | string, bounds: ResponseBounds): boolean {
    if (this.empty && !this.#socket.writableNeedDrain) return this.#put(piece) || bounds.responseBytesMax > 0;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    this.#budget.take(piece.length, Number.POSITIVE_INFINITY); // it is here already
    return this.#bytes <= bounds.responseBytesMax && this.#budget.bytes <= bounds.responseBudgetBytes;
  }

  /** The socket has room: writes what it takes. True when nothing is left. */
  flush(): boolean {
    while (!this.empty && !this.#socket.writableNeedDrain) {
      const piece = this.#pieces[this.#next]!;
      this.#pieces[this.#next++] = "";
      this.#forget(piece.length);
      this.#put(piece);
    }
    if (!this.empty) return false;
    this.#pieces = [];
    this.#next = 0;
    return true;
  }

  clear(): void {
    this.#forget(this.#bytes);
    this.#pieces = [];
    this.#next = 0;
  }

  #forget(bytes: number): void {
    this.#bytes -= bytes;
    this.#budget.give(bytes);
  }

  #put(piece: Buffer | string): boolean {
    return typeof piece === "string" ? this.#socket.write(piece, "latin1") : this.#socket.write(piece);
  }
}
