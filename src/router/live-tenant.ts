import { type LaneLimits, TenantLane } from "./upstream/tenant-lane.ts";

/**
 * What of a tenant outlives a reload: its place in the pool, its counts and its open realtime sockets.
 *
 * Created with the tenant's first request: of a hundred thousand tenants most are asleep.
 */
export class LiveTenant {
  /** The tenant's place in its pool; a new one when it moves to another pool. */
  lane: TenantLane;
  requests = 0;
  /** Requests that the edge answered itself. */
  answered = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Realtime exchanges open now, all clients together. */
  sockets = 0;
  /** The same by client address; entries go with their last socket. */
  readonly socketsByClient = new Map<string, number>();

  constructor(tenant: string, limits: LaneLimits) {
    this.lane = new TenantLane(tenant, limits);
  }

  /** Takes one socket of `client`, or says that a cap is reached. */
  openSocket(
    client: string,
    caps: { readonly socketsPerTenantMax: number; readonly socketsPerClientMax: number },
  ): boolean {
    const own = this.socketsByClient.get(client) ?? 0;
    if (this.sockets >= caps.socketsPerTenantMax || own >= caps.socketsPerClientMax) return false;
    this.sockets++;
    this.socketsByClient.set(client, own + 1);
    return true;
  }

  closeSocket(client: string): void {
    this.sockets--;
    const left = (this.socketsByClient.get(client) ?? 1) - 1;
    if (left === 0) this.socketsByClient.delete(client);
    else this.socketsByClient.set(client, left);
  }
}
