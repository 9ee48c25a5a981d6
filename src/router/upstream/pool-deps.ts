import type { Clock } from "../../core/clock.ts";
import type { CheckOutcome, Endpoint } from "./endpoint.ts";
import type { EndpointSetEvents } from "./endpoint-set.ts";
import type { HealthCheck } from "./health-check.ts";
import type { NetworkFault } from "./network-fault.ts";
import type { Resolver } from "./resolver.ts";

/** What happens in a pool that is no request's own matter: for logs and metrics. */
export interface PoolEvents extends EndpointSetEvents {
  ejected(endpoint: Endpoint, fault: NetworkFault, forMs: number): void;
  restored(endpoint: Endpoint): void;
  checked(endpoint: Endpoint, outcome: CheckOutcome): void;
}

/** What a pool needs of the world. */
export interface PoolDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly resolve: Resolver;
  readonly check: HealthCheck;
  readonly events: PoolEvents;
}
