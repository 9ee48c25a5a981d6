import type { Address, PlannedEdge } from "../../plan/types.ts";
import { CommandError, messageOf } from "../command-error.ts";

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "no interface of this machine has the address",
};

/** An address that could not be listened on: what it is for, and the Edge's field to change. */
export function listenError(cause: unknown, what: string, field: string, { address, port }: Address): CommandError {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? "";
  const at = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  const message = `cannot listen on ${at} for ${what}: ${reasons[code] ?? messageOf(cause)}`;
  const find = code === "EADDRINUSE" ? `\`ss -ltnp 'sport = :${port}'\` shows who has it; or ` : "";
  return new CommandError(message, `${find}change \`${field}\` of the Edge`, { cause });
}

/** The same for a listener of `edge`, found by what the system's error says; any other error stays itself. */
export function edgeListenError(cause: unknown, { listeners }: PlannedEdge): unknown {
  const failed = cause as NodeJS.ErrnoException & Partial<Address>;
  const index = listeners.findIndex(({ port, address }) => port === (failed.port ?? 0) && address === failed.address);
  const listener = listeners[index];
  if (listener === undefined) return cause;
  return listenError(cause, `listener \`${listener.name}\``, `spec.listeners[${index}].port`, listener);
}
