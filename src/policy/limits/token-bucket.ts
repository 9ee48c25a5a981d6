/** A rate: `requests` per `perMs` milliseconds on average, up to `burst` at once. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
  readonly burst: number;
}
