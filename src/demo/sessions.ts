import { randomBytes } from "node:crypto";

const sessionsMax = 100_000;

/** What a worker remembers of one browser. */
export interface Session {
  readonly id: string;
  /** The database it is bound to, null before the first request that found one. */
  database: string | null;
  /** Who is logged in, null for nobody. */
  login: string | null;
  /** Whether the browser has yet to learn of this session. */
  fresh: boolean;
}

/** All sessions of one worker group; the oldest is forgotten when there are too many. */
export class Sessions {
  readonly #byId = new Map<string, Session>();
  readonly #odooMajor: number;

  constructor(odooMajor: number) {
    this.#odooMajor = odooMajor;
  }

  find(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  create(database: string | null, login: string | null = null): Session {
    if (this.#byId.size >= sessionsMax) this.#byId.delete(this.#byId.keys().next().value!);
    const id = this.#odooMajor >= 18 ? randomBytes(63).toString("base64url") : randomBytes(20).toString("hex");
    const session = { id, database, login, fresh: true };
    this.#byId.set(id, session);
    return session;
  }

  /** Logs a session out: whoever shows its id again gets a new one. */
  end(session: Session): void {
    this.#byId.delete(session.id);
  }
}
