/** What the soak's two sides agree on: tenants, their stamp, and what a request may ask of a worker. */

export const TENANTS = 50;
const FIRST_STAMP = 33;

export function soakHost(tenant: number): string {
  return `t${tenant}.bench.example`;
}

/** The one byte that everything of a tenant consists of. */
export function stampOf(tenant: number): number {
  return FIRST_STAMP + tenant;
}

/** The tenant that a Host names; -1 for none. */
export function tenantOf(host: string): number {
  const match = /^t(\d+)\.bench\.example(?::\d+)?$/.exec(host);
  return match === null ? -1 : Number(match[1]);
}

/** Bytes in `bytes[from, to)` that are not `stamp`. */
export function foreignBytes(bytes: Uint8Array, from: number, to: number, stamp: number): number {
  let foreign = 0;
  for (let i = from; i < to; i++) if (bytes[i] !== stamp) foreign++;
  return foreign;
}

export interface SoakSettings {
  readonly port: number;
  readonly requests: number;
  readonly lanes: number;
  readonly seed: number;
}

export interface SoakResult {
  readonly requests: number;
  /** Bytes of another tenant that a client received, or a worker found in a request. */
  readonly crossed: number;
  readonly bytes: number;
  /** Requests that ended in another way than was asked for, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** How often each kind of request was made. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly seconds: number;
}
