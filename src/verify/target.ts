import { randomBytes } from "node:crypto";
import { canonicalHost } from "../policy/host.ts";
import type { Party, Target } from "./types.ts";

/** What the command line says of a target; an absent name of a database is that of its host. */
export interface TargetWords {
  readonly scheme: "http" | "https";
  /** Hostname, with a port when it is not the scheme's. */
  readonly authority: string;
  /** Its port, the scheme's when left out. */
  readonly port: number;
  readonly database: string | null;
  /** Hostname of a second tenant behind the same edge. */
  readonly other: string | null;
  readonly otherDatabase: string | null;
  /** Where to open connections, `HOST:PORT`; null: where the hostname leads. */
  readonly connect: Target["connect"] | null;
  readonly insecure: boolean;
}

/** The target of a run, with names made up for it. */
export function targetOf(words: TargetWords): Target {
  const { scheme, authority, port, connect, insecure } = words;
  const hostname = canonicalHost(authority);
  const suffix = port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`;
  const party = (name: string, database: string | null): Party => ({ host: name + suffix, database: database ?? name });
  const nobody = `hostward-verify-${randomBytes(4).toString("hex")}`;
  return {
    scheme,
    own: party(hostname, words.database),
    madeUp: { host: `${nobody}.invalid`, database: nobody },
    other: words.other === null ? null : party(canonicalHost(words.other), words.otherDatabase),
    connect: connect ?? { host: hostname, port },
    insecure,
  };
}
