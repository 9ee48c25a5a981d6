import type { CheckOutcome, Endpoint, EndpointState } from "./endpoint.ts";

/** One endpoint as an operator sees it. */
export interface EndpointReport {
  readonly endpoint: string;
  /** As the catalog has it. */
  readonly address: string;
  readonly state: EndpointState | "draining";
  readonly inFlight: number;
  readonly slots: number;
  readonly realtime: number;
  /** Network faults since the last success. */
  readonly faults: number;
  readonly lastCheck: CheckOutcome | null;
}

export function reportOf(endpoint: Endpoint): EndpointReport {
  const { label, address, draining, state, faults, lastCheck } = endpoint;
  const { inFlight, slots, realtime } = endpoint.places;
  return {
    endpoint: label,
    address,
    state: draining ? "draining" : state,
    inFlight,
    slots,
    realtime,
    faults,
    lastCheck,
  };
}
