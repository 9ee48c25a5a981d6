/** What the network, and nothing above it, says against an endpoint. */
export type NetworkFault = "refused" | "reset" | "connect_timeout" | "unreachable";

const faultOfCode: ReadonlyMap<unknown, NetworkFault> = new Map([
  ["ECONNREFUSED", "refused"],
  ["ECONNRESET", "reset"],
  ["ECONNABORTED", "reset"],
  ["EPIPE", "reset"],
  ["UND_ERR_SOCKET", "reset"], // undici: the other side closed before an answer
  ["ETIMEDOUT", "connect_timeout"],
  ["EHOSTUNREACH", "unreachable"],
  ["EHOSTDOWN", "unreachable"],
  ["ENETUNREACH", "unreachable"],
]);

/**
 * The network fault that a socket's error stands for; null for any other error.
 *
 * What this machine lacks (EMFILE, EADDRNOTAVAIL, ...) is none: it says nothing about the endpoint, and would eject
 * all of them at once.
 */
export function networkFaultOf(error: unknown): NetworkFault | null {
  return error instanceof Error && "code" in error ? (faultOfCode.get(error.code) ?? null) : null;
}
