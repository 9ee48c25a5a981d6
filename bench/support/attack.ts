/** Many sockets that each cost the edge as much as they can while they send or take as little as possible. */
import { connect, type Socket } from "node:net";

/** `head` and `body`: a byte a second. `read`: takes nothing of a large answer. `idle`: sends nothing at all. */
export type AttackKind = "head" | "body" | "read" | "idle";

export interface AttackSettings {
  readonly kind: AttackKind;
  readonly port: number;
  readonly host: string;
  readonly sockets: number;
}

const { kind, port, host, sockets } = JSON.parse(process.argv[2]!) as AttackSettings;
const first: Record<AttackKind, string> = {
  head: "G",
  body: `POST /web/content/1 HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n`,
  read: `GET /large HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  idle: "",
};
/** Sockets opened in one step, so that the attack is no burst of connects. */
const STEP = 20;
const STEP_MS = 10;
const SECOND_MS = 1_000;

const all = new Set<Socket>();
let opened = 0;
let cut = 0;

function open(): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  all.add(socket);
  socket.on("connect", () => {
    opened++;
    socket.write(first[kind]);
    if (kind === "read") socket.pause();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    cut++;
    all.delete(socket);
  });
  if (kind !== "read") socket.resume();
}

/** Whoever was cut comes again: the attack has its sockets all the time. */
const filler = setInterval(() => {
  for (let i = 0; i < STEP && all.size < sockets; i++) open();
  if (opened < sockets) return;
  opened = Number.NEGATIVE_INFINITY;
  console.log("attacking");
}, STEP_MS);

// A slice of the sockets at each step, so that each sends a byte a second.
let turn = 0;
const dripper = setInterval(() => {
  if (kind !== "head" && kind !== "body") return;
  let i = 0;
  for (const socket of all) if (i++ % (SECOND_MS / STEP_MS) === turn) socket.write("x");
  turn = (turn + 1) % (SECOND_MS / STEP_MS);
}, STEP_MS);

process.on("SIGTERM", () => {
  clearInterval(filler);
  clearInterval(dripper);
  console.log(JSON.stringify({ cut }));
  process.exit();
});
