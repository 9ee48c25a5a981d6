import type { Endpoint } from "./endpoint.ts";

/**
 * The endpoint for the next request: of two at random the one with less in flight, or any other that has room when
 * neither has; null when none has. `beyond` is how many more than its slots an endpoint may have in flight.
 */
export function chooseEndpoint(open: readonly Endpoint[], beyond: number, random: () => number): Endpoint | null {
  const count = open.length;
  if (count < 2) return count === 1 && hasRoom(open[0]!, beyond) ? open[0]! : null;
  const first = Math.floor(random() * count);
  const second = (first + 1 + Math.floor(random() * (count - 1))) % count;
  const lesser = open[second]!.inFlight < open[first]!.inFlight ? second : first;
  if (hasRoom(open[lesser]!, beyond)) return open[lesser]!;
  for (let step = 1; step < count; step++) {
    const endpoint = open[(lesser + step) % count]!;
    if (hasRoom(endpoint, beyond)) return endpoint;
  }
  return null;
}

/** The endpoint with least in flight among those that have room and were not tried; null when there is none. */
export function chooseOther(open: readonly Endpoint[], tried: readonly Endpoint[], beyond: number): Endpoint | null {
  let best: Endpoint | null = null;
  for (const endpoint of open) {
    if (tried.includes(endpoint) || !hasRoom(endpoint, beyond)) continue;
    if (best === null || endpoint.inFlight < best.inFlight) best = endpoint;
  }
  return best;
}

function hasRoom(endpoint: Endpoint, beyond: number): boolean {
  return endpoint.inFlight < endpoint.slots + beyond;
}
