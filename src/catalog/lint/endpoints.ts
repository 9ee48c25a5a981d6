import { isIP, isIPv4 } from "node:net";
import type { Problem } from "../../core/problem.ts";
import type { Declarations } from "../lint.ts";
import { type Located, problemAtPath } from "../located.ts";
import { isLoopback, isMetadataAddress, isWildcard } from "../network.ts";
import type { PoolDocument } from "../schema.ts";
import { quote } from "../wording.ts";
import { type OwnListener, ownListeners } from "./listeners.ts";

type Endpoint = PoolDocument["spec"]["endpoints"][number];

/** Endpoints point at workers: not at a metadata service, and not at the edge itself. */
export function* lintEndpoints({ edges, pools }: Declarations): Generator<Problem> {
  const own = edges.flatMap((edge) => ownListeners(edge.value));
  for (const { value, node } of pools) {
    for (const [i, endpoint] of value.spec.endpoints.entries()) {
      yield* lintEndpoint(endpoint, node, ["spec", "endpoints", i], own);
    }
  }
}

function* lintEndpoint(
  endpoint: Endpoint,
  node: Located,
  path: readonly PropertyKey[],
  own: readonly OwnListener[],
): Generator<Problem> {
  const { address } = endpoint;
  if (isMetadataAddress(address)) {
    const message = `cannot use the endpoint address ${quote(address)}: it is link-local or a metadata service`;
    yield problemAtPath(node, [...path, "address"], "metadata_endpoint", message);
  }
  for (const field of ["httpPort", "realtimePort"] as const) {
    const port = endpoint[field];
    const hit = own.find((listener) => listener.port === port && reaches(address, listener.address));
    if (hit === undefined) continue;
    const message = `cannot use the endpoint ${quote(address)} port ${port}: the edge's own ${hit.label} listens there`;
    yield problemAtPath(node, [...path, field], "own_endpoint", message);
  }
}

/**
 * Whether connecting to `endpoint` certainly reaches a listener on `listening`.
 *
 * A wildcard listens on loopback too, and connecting to a wildcard means loopback. Which further addresses this
 * machine has is not known here.
 */
function reaches(endpoint: string, listening: string): boolean {
  if (endpoint === listening) return true;
  const local = isLoopback(endpoint) || isWildcard(endpoint);
  if (!local) return false;
  if (isWildcard(listening)) return listening === "::" || endpoint === "::" || isIP(endpoint) !== 6;
  if (!isLoopback(listening)) return false;
  if (isIP(endpoint) === 0) return true; // localhost is both 127.0.0.1 and ::1
  return isWildcard(endpoint) && (endpoint === "::" || isIPv4(listening));
}
