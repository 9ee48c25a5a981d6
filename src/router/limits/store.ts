import type { StoreFault } from "../../metrics/labels.ts";

/** The store that processes share, as limits see it. */
export interface LimitStore {
  /** Whether a question would be sent at once. */
  readonly ready: boolean;
  /** Keys of one question must belong to one tenant. */
  readonly clustered: boolean;
  /** Runs the script. Rejects with whatever went wrong; never by itself late: how long to wait is the caller's to say. */
  run(keys: readonly string[], args: readonly (string | number)[]): Promise<readonly number[]>;
  /** Resolves when it is ready for the first time. */
  readonly connected: Promise<void>;
  close(): void;
}

/** What becomes of the connection. */
export interface StoreEvents {
  connected(): void;
  lost(fault: StoreFault): void;
}

const byMessage: ReadonlyArray<readonly [start: RegExp, fault: StoreFault]> = [
  [/^READONLY|script write command against a read only replica/i, "read_only"],
  [/^(?:-?OOM|MISCONF)/, "out_of_memory"],
  [/^(?:LOADING|MASTERDOWN|BUSY)/, "loading"],
  [/^(?:NOPERM|WRONGPASS|NOAUTH|ERR (?:invalid|AUTH))|No permissions|can't run this command/i, "denied"],
  [/^(?:CLUSTERDOWN|MOVED|ASK|TRYAGAIN|CROSSSLOT)|slots cache|redirections/i, "cluster"],
  [
    /closed|writeable|retries per request|ECONN|ETIMEDOUT|EPIPE|EHOST|ENET|ENOTFOUND|EAI_AGAIN|socket|sentinel/i,
    "lost",
  ],
];

/**
 * What an error of the store means, as one of few words: its text and what hangs on it may hold a password (an error of
 * AUTH carries the command), so it goes nowhere.
 */
export function storeFaultOf(cause: unknown): StoreFault {
  const { message = "", code = "" } = (cause ?? {}) as { message?: string; code?: string };
  const text = `${message} ${code}`;
  return byMessage.find(([pattern]) => pattern.test(text))?.[1] ?? "other";
}
