import type { Clock } from "../../core/clock.ts";
import type { CheckOutcome, Endpoint } from "./endpoint.ts";
import type { EndpointSetEvents } from "./endpoint-set.ts";
import type { HealthCheck } from "./health-check.ts";
import type { NetworkFault } from "./network-fault.ts";
import type { Places } from "./places.ts";
import type { Resolver } from "./resolver.ts";

/** What happens in a pool that is no request's own matter: for logs and metrics. */
export interface PoolEvents extends EndpointSetEvents {
  ejected(endpoint: Endpoint, fault: NetworkFault, forMs: number): void;
  restored(endpoint: Endpoint): void;
  checked(endpoint: Endpoint, outcome: CheckOutcome): void;
}

/** Where nobody is told: in a thread whose scheduler tells, and where no pool is started. */
export const noPoolEvents: PoolEvents = {
  added: () => {},
  removed: () => {},
  unresolved: () => {},
  addressRefused: () => {},
  ejected: () => {},
  restored: () => {},
  checked: () => {},
};

/** What a pool that schedules for several threads tells them and needs of them. */
export interface PoolSharing {
  /** The places of a new endpoint. */
  places(): Places;
  /** These endpoints take requests from now on, and no others; each may have as many requests as `workers`. */
  opened(endpoints: readonly Endpoint[], workers: number): void;
  /** From now on nobody may take a place without asking, and each that is given back is told. */
  ration(): void;
  /** Nobody waits who could have a place that is free. */
  relax(): void;
}

/** What a pool needs of the world. */
export interface PoolDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly resolve: Resolver;
  readonly check: HealthCheck;
  readonly events: PoolEvents;
  /** Left out where no other thread takes places. */
  readonly sharing?: PoolSharing;
}
