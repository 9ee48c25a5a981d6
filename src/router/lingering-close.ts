import type { ClientConnection } from "./client-connection.ts";
import type { ClientWriter } from "./client-writer.ts";

/** How long a connection that was answered early waits for more bytes, so that a reset does not destroy the answer. */
const LINGER_MS = 2_000;
/** How long it takes them at most: a browser reads no answer before it has sent its whole upload. */
const LINGER_MAX_MS = 30_000;

/**
 * The end of a client's connection: FIN after what is written; what the client still sends is thrown away for a moment
 * (RFC 9112 section 9.6).
 */
export class LingeringClose {
  readonly #connection: ClientConnection;
  readonly #writer: ClientWriter;
  /** Infinity until FIN was sent: before, the writer's own clock runs. */
  #endMs = Number.POSITIVE_INFINITY;
  #clientEnded = false;

  constructor(connection: ClientConnection, writer: ClientWriter) {
    this.#connection = connection;
    this.#writer = writer;
    connection.deadlineMs = Number.POSITIVE_INFINITY;
    connection.socket.resume();
    if (writer.empty) this.allWritten();
  }

  /** Nothing is left to write: sends FIN. */
  allWritten(): void {
    this.#writer.end(() => {
      this.#endMs = this.#connection.services.clock.nowMs() + LINGER_MAX_MS;
      this.fromClient();
      if (this.#clientEnded) this.#connection.destroy();
    });
  }

  /** The client sent bytes, which nobody reads. */
  fromClient(): void {
    if (this.#endMs === Number.POSITIVE_INFINITY) return;
    this.#connection.deadlineMs = Math.min(this.#connection.services.clock.nowMs() + LINGER_MS, this.#endMs);
  }

  /** The client ended as well: nothing more is waited for than what is written. */
  clientEnded(): void {
    this.#clientEnded = true;
    if (this.#connection.socket.writableFinished) this.#connection.destroy();
  }
}
