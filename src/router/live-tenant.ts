/** What a request that is over adds to its tenant's totals. */
export interface CountedRequest {
  /** The edge's own answer; empty where the worker's was relayed. */
  readonly code: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * A tenant's totals, which outlive every reload.
 *
 * Created with the tenant's first request: of a hundred thousand tenants most are asleep.
 */
export interface LiveTenant {
  readonly requests: number;
  /** Requests that the edge answered itself. */
  readonly answered: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  count(request: CountedRequest): void;
}

export class OwnTotals implements LiveTenant {
  requests = 0;
  answered = 0;
  bytesIn = 0;
  bytesOut = 0;

  count({ code, bytesIn, bytesOut }: CountedRequest): void {
    this.requests++;
    if (code !== "") this.answered++;
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
  }
}
