import type { Socket } from "node:net";
import { until } from "./live-client.ts";
import type { RecordedRequest, WorkerScript } from "./recording-worker.ts";

/** A worker that answers nothing before the test says so, each time the longest held request, with its target. */
export function holdingWorker(): { readonly script: WorkerScript; free(): Promise<void> } {
  const held: (() => void)[] = [];
  const answerTo = (target: string) => (socket: Socket) => {
    const head = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${target.length}\r\n\r\n`;
    held.push(() => socket.end(head + target));
  };
  return {
    script: { onRequest: ({ target }: RecordedRequest) => [{ take: answerTo(target) }] },
    async free() {
      await until("a request is held", () => held.length > 0);
      held.shift()!();
    },
  };
}
