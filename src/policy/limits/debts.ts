import { LRUCache } from "lru-cache";
import type { RateLimit } from "./gcra.ts";

/**
 * One bucket of a shared limit as this process sees it, by the generic cell rate algorithm: `fullAtMs` is when it is full
 * again, and the farther that lies ahead the more was taken. Times are monotonic milliseconds.
 */
export interface Debt {
  /** The bucket's tenant; its keys in the store lie together. */
  readonly tenant: string;
  readonly rule: string;
  /** The client; empty for the bucket of all. */
  readonly client: string;
  /** The key in the store; empty until it was needed. */
  storeKey: string;
  limit: RateLimit;
  fullAtMs: number;
  /** Taken here and not told to the store yet. */
  untold: number;
  /** When the first of them was taken. */
  untoldSinceMs: number;
  /** Among those that the next exchange tells. */
  queued: boolean;
}

/** What the store takes for a bucket. */
export interface Charge {
  readonly count: number;
  /** How long ago the first of them was taken, ms. */
  readonly ageMs: number;
}

/** Time between two requests at the limit's rate, ms. */
export function spacingMs({ requests, perMs }: RateLimit): number {
  return perMs / requests;
}

/** Sums of fractions may lack this much of a millisecond. */
const ROUNDING_MS = 1e-6;

/** Milliseconds until the bucket has one token; 0 when it has. */
export function waitMs({ limit, fullAtMs }: Debt, nowMs: number): number {
  const spacing = spacingMs(limit);
  const over = Math.max(fullAtMs, nowMs) - nowMs + spacing - limit.burst * spacing;
  return over <= ROUNDING_MS ? 0 : Math.ceil(over);
}

/** Takes `count` tokens, whether they are there or not. */
export function take(debt: Debt, count: number, nowMs: number): void {
  debt.fullAtMs = Math.max(debt.fullAtMs, nowMs) + count * spacingMs(debt.limit);
}

/** Adopts what the store said: at `saidMs` its bucket lacked `lackMs`. The later of the two holds; nothing is forgiven. */
export function adopt(debt: Debt, lackMs: number, saidMs: number): void {
  debt.fullAtMs = Math.max(debt.fullAtMs, saidMs + lackMs + debt.untold * spacingMs(debt.limit));
}

/**
 * What to tell the store of `debt.untold`. News that is older than `freshMs` was kept back by a fault: then only what this
 * process's own bucket still lacks counts, so that an outage is not paid for after its end.
 */
export function chargeOf(debt: Debt, nowMs: number, freshMs: number): Charge {
  const ageMs = nowMs - debt.untoldSinceMs;
  if (ageMs <= freshMs) return { count: debt.untold, ageMs };
  const lacking = Math.max(0, Math.ceil((debt.fullAtMs - nowMs) / spacingMs(debt.limit) - ROUNDING_MS));
  return { count: Math.min(debt.untold, lacking), ageMs: 0 };
}

/** Buckets of shared limits, in bounded memory: at `debtsMax` the one used least recently is forgotten. */
export class Debts {
  readonly #debts: LRUCache<string, Debt>;

  constructor(debtsMax: number) {
    this.#debts = new LRUCache({ max: debtsMax });
  }

  get size(): number {
    return this.#debts.size;
  }

  /** The bucket of a tenant's rule, or of one client of it; full when it was not known. The limit may have changed. */
  of(tenant: string, rule: string, client: string, limit: RateLimit): Debt {
    const key = `${tenant}/${rule}/${client}`;
    let debt = this.#debts.get(key);
    if (debt === undefined) {
      debt = { tenant, rule, client, storeKey: "", limit, fullAtMs: 0, untold: 0, untoldSinceMs: 0, queued: false };
      this.#debts.set(key, debt);
    }
    debt.limit = limit;
    return debt;
  }
}
