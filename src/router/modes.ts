/**
 * The life of a request (DESIGN section 3), as one list for each way to run the edge. The order is Envoy's, so that both
 * edges refuse the same request for the same reason and nothing is buffered for a request that is refused anyway.
 */
import type { Step } from "./pipeline.ts";
import { access } from "./steps/access.ts";
import { admit } from "./steps/admit.ts";
import { body } from "./steps/body.ts";
import { closed } from "./steps/closed.ts";
import { concurrency } from "./steps/concurrency.ts";
import { entire } from "./steps/entire.ts";
import { failedLogins } from "./steps/failed-logins.ts";
import { forward } from "./steps/forward.ts";
import { guard } from "./steps/guard.ts";
import { host } from "./steps/host.ts";
import { outcome } from "./steps/outcome.ts";
import { path } from "./steps/path.ts";
import { rateLimit } from "./steps/rate-limit.ts";
import { read } from "./steps/read.ts";
import { response } from "./steps/response.ts";
import { route } from "./steps/route.ts";
import { target } from "./steps/target.ts";

/**
 * `edge`: everything. `guard`: behind Envoy and beside the workers, which leaves address lists, origins and rates to
 * Envoy. `authorizer`: asked by Envoy (external authorization by HTTP) whether a request may pass; no worker is asked.
 */
export type Mode = "edge" | "guard" | "authorizer";

/** Steps 1 to 13 of each mode; step 14, `finish`, always runs and is in no list. */
export const stepsOf: Readonly<Record<Mode, readonly Step[]>> = {
  edge: [
    read, target, path, host, route, access, rateLimit, outcome, body, guard, failedLogins, concurrency, forward, response,
  ], // biome-ignore format: one line is the whole life of a request
  guard: [read, target, path, host, route, outcome, body, guard, failedLogins, concurrency, forward, response],
  authorizer: [read, target, path, host, route, closed, entire, body, guard, admit],
};
