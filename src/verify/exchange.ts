/** One request on one connection of its own, over raw sockets: nothing may tidy up what a probe sends. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { readReply } from "./read-reply.ts";
import type { Ask, Ending, Exchange, Target } from "./types.ts";

/** How long a whole exchange may take: longer than a busy worker, shorter than anybody's patience. */
const EXCHANGE_MS = 6_000;
/** Bytes read of one answer; an Odoo login page has some 10 kB, its database manager 40. */
const ANSWER_BYTES_MAX = 512 * 1024;

/** An error on the way to the edge: it is down, not there, or its certificate is not trusted. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Opens one connection, or throws an UnreachableError: names, ports and certificates are right before any probe. */
export async function reach(target: Target): Promise<void> {
  const socket = open(target);
  socket.setTimeout(EXCHANGE_MS, () => socket.destroy(new Error("no answer to the connection attempt")));
  try {
    await new Promise((resolve, reject) => socket.once(readyEvent(target), resolve).once("error", reject));
  } catch (cause) {
    throw new UnreachableError(reasonOf(cause), { cause });
  } finally {
    socket.destroy();
  }
}

/** Sends the bytes and listens until one whole response is there, the peer closes, or the time is over. Never rejects. */
export async function exchange(target: Target, ask: Ask): Promise<Exchange> {
  const socket = open(target);
  const method = /^[A-Z]*/.exec(ask.bytes)![0];
  let received = "";
  const ended = await new Promise<Ending>((resolve) => {
    const timer = setTimeout(() => resolve("timeout"), EXCHANGE_MS);
    socket
      .once("close", () => clearTimeout(timer))
      .once("end", () => resolve("closed"))
      .on("error", (error: NodeJS.ErrnoException) =>
        resolve(error.code === "ECONNRESET" || error.code === "EPIPE" ? "closed" : "failed"),
      )
      .once(readyEvent(target), () => socket.write(ask.bytes, "latin1"))
      .on("data", (chunk: Buffer) => {
        received += chunk.toString("latin1");
        if (received.length > ANSWER_BYTES_MAX || readReply(received, method).complete) resolve("answered");
      });
  });
  socket.destroy();
  const { reply } = readReply(received, method);
  return { ask, reply, ended: reply === null ? (ended === "answered" ? "closed" : ended) : "answered" };
}

function open({ scheme, connect, own, insecure }: Target): Socket {
  if (scheme === "http") return connectTcp({ ...connect, noDelay: true });
  const servername = own.host.replace(/:\d+$/, "");
  return connectTls({ ...connect, servername, rejectUnauthorized: !insecure, ALPNProtocols: ["http/1.1"] });
}

function readyEvent({ scheme }: Target): "connect" | "secureConnect" {
  return scheme === "http" ? "connect" : "secureConnect";
}

/** The system's text without advice about Node; for a name with several addresses that of the last one tried. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors.at(-1));
  return (cause instanceof Error ? cause.message : String(cause)).replace(/;.*$/s, "");
}
