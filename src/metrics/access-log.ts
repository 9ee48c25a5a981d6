import { accessLine } from "./access-line.ts";
import type { LineWriter } from "./line-writer.ts";
import type { AccessRecord } from "./record.ts";

/** The access log: one line for each request that is over. */
export class AccessLog {
  readonly #writer: LineWriter;

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  /** Writes the line of one request; never waits and never throws. Hot: once per request. */
  finished(record: AccessRecord): void {
    this.#writer.write(accessLine(record));
  }

  /** Takes whole lines that another thread made. */
  writeLines(lines: Uint8Array): void {
    this.#writer.writeLines(lines);
  }
}
