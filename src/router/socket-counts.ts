import type { PlannedTier } from "../plan/types.ts";
import type { Asker } from "./asker.ts";

/** How many sockets a tenant and one of its clients may have. */
export type SocketCaps = Pick<PlannedTier, "socketsPerTenantMax" | "socketsPerClientMax">;

/** Who asked for a socket. */
export interface SocketAsker extends Asker {
  /** Once for each `asked`: whether it is granted. Never within `open`. */
  socketAnswered(granted: boolean): void;
}

/** Caps on realtime exchanges, by tenant and by client: counted here, or by the one who counts for all threads. */
export interface SocketGate {
  /** A tenant's that are open, as far as is known here. */
  of(tenant: string): number;
  /** Takes one socket, or says that a cap is reached; or `asked`, and `asker` is told later. */
  open(tenant: string, client: string, caps: SocketCaps, asker: SocketAsker): boolean | "asked";
  close(tenant: string, client: string): void;
}

interface TenantSockets {
  all: number;
  /** Entries go with their last socket. */
  readonly byClient: Map<string, number>;
}

/** Realtime exchanges open now; a tenant without any costs nothing. */
export class SocketCounts implements SocketGate {
  readonly #tenants = new Map<string, TenantSockets>();

  of(tenant: string): number {
    return this.#tenants.get(tenant)?.all ?? 0;
  }

  open(tenant: string, client: string, { socketsPerTenantMax, socketsPerClientMax }: SocketCaps): boolean {
    const known = this.#tenants.get(tenant);
    const own = known?.byClient.get(client) ?? 0;
    if ((known?.all ?? 0) >= socketsPerTenantMax || own >= socketsPerClientMax) return false;
    const sockets = known ?? { all: 0, byClient: new Map() };
    this.#tenants.set(tenant, sockets);
    sockets.all++;
    sockets.byClient.set(client, own + 1);
    return true;
  }

  close(tenant: string, client: string): void {
    const sockets = this.#tenants.get(tenant);
    if (sockets === undefined) return;
    const left = (sockets.byClient.get(client) ?? 1) - 1;
    if (left === 0) sockets.byClient.delete(client);
    else sockets.byClient.set(client, left);
    if (--sockets.all === 0) this.#tenants.delete(tenant);
  }
}
