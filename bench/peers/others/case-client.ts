/** Sends the bytes that a line of standard input names, many times over, each on a connection of its own; says when it is done. */
import { connect } from "node:net";
import { createInterface } from "node:readline";

export interface CaseSettings {
  readonly port: number;
  /** Exchanges of one case, and how many of them at a time. */
  readonly times: number;
  readonly atOnce: number;
}

const { port, times, atOnce } = JSON.parse(process.argv[2]!) as CaseSettings;
/** What has not been answered after so long waits for more than the case has. */
const PATIENCE_MS = 20;

function exchange(bytes: Buffer): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
  socket.write(bytes);
  socket.on("data", () => socket.destroy());
  socket.on("error", () => socket.destroy());
  return new Promise((resolve) => {
    socket.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function lane(bytes: Buffer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await exchange(bytes);
}

for await (const line of createInterface({ input: process.stdin })) {
  const bytes = Buffer.from(JSON.parse(line) as string, "latin1");
  await Promise.all(Array.from({ length: atOnce }, () => lane(bytes, times / atOnce)));
  console.log("done");
}
