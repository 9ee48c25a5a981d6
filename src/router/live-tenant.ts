/**
 * What of a tenant outlives every reload: its counts and its open realtime sockets.
 *
 * Created with the tenant's first request: of a hundred thousand tenants most are asleep.
 */
export class LiveTenant {
  requests = 0;
  /** Requests that the edge answered itself. */
  answered = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Realtime exchanges open now, all clients together. */
  sockets = 0;
  /** The same by client address; entries go with their last socket. */
  readonly socketsByClient = new Map<string, number>();

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
