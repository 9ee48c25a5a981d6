/** What a probe is, what it sees and what it concludes: the vocabulary of `hostward verify`. */

/** How bad it is when a property does not hold, worst first. */
export const severities = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof severities)[number];

/** `unknown`: what came back does not tell, or it cannot be seen from outside at all. */
export type Verdict = "holds" | "violated" | "unknown";

/** A hostname and the database that it should lead to. */
export interface Party {
  /** As a client sends it in Host: with the port when it is not the scheme's. */
  readonly host: string;
  readonly database: string;
}

/** The edge to probe. */
export interface Target {
  readonly scheme: "http" | "https";
  readonly own: Party;
  /** Nobody's hostname and database, different in every run; the hostname never resolves (RFC 6761 section 6.4). */
  readonly madeUp: Party;
  /** A second tenant behind the same edge; null: no cross-tenant probes. */
  readonly other: Party | null;
  /** Where to open connections, whatever the hostname resolves to. */
  readonly connect: { readonly host: string; readonly port: number };
  /** Whether any TLS certificate will do. */
  readonly insecure: boolean;
}

/** One request. */
export interface Ask {
  /** As sent, one character per byte. */
  readonly bytes: string;
  /** A line for a shell that sends the same. */
  readonly shown: string;
}

/** A final response; one character per byte. */
export interface Reply {
  readonly status: number;
  /** Names in lower case, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Without its framing; cut where the limit of an exchange is. */
  readonly body: string;
}

/** How an exchange ended; `answered` is the only one with a reply. */
export type Ending = "answered" | "closed" | "timeout" | "failed";

/** One request and what came back. */
export interface Exchange {
  readonly ask: Ask;
  readonly ended: Ending;
  readonly reply: Reply | null;
}

/** What a judge makes of one exchange or several. */
export interface Judgement {
  readonly verdict: Verdict;
  /** What came back, or why nothing can be said: one line, never a secret. */
  readonly saw: string;
  /** Which of the exchanges it is about. */
  readonly exchange: Exchange | null;
}

/** What is known before any probe: what others are compared with. */
export interface Home {
  readonly target: Target;
  /** The tenant's ordinary login page. */
  readonly login: Reply;
  /** Whether a well-formed chunked call reaches a worker; else nothing follows from the refusal of a malformed one. */
  readonly takesChunks: boolean;
}

/** Judges exchanges without looking anywhere else. */
export type Judge = (seen: readonly Exchange[], home: Home) => Judgement;

/** Where to change what. */
export type Fix = Readonly<Partial<Record<"nginx" | "Traefik" | "Envoy" | "Odoo" | "Hostward", string>>>;

/** One isolation property and how to see whether it holds. */
export interface Probe {
  /** Stable, `family.property`. */
  readonly id: string;
  /** The property, as a sentence that is true when it holds. */
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters. */
  readonly why: string;
  readonly fix: Fix;
  /** What to send, in order. */
  asks(target: Target): readonly Ask[];
  readonly judge: Judge;
  /** After which exchange no further one is needed; default: none. */
  readonly enough?: (exchange: Exchange) => boolean;
}

/** The verdict on one property. */
export interface Finding {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  /** The telling request; empty when none was sent. */
  readonly sent: string;
  readonly saw: string;
  readonly why: string;
  readonly fix: Fix;
}
