import type { Endpoint } from "./endpoint.ts";

/**
 * Takes a place at the endpoint for the next request: of two at random the one with less in flight, or any other that has
 * room when neither has; null when none has. `beyond` is how many more than its slots an endpoint may have in flight.
 */
export function takeEndpoint(open: readonly Endpoint[], beyond: number, random: () => number): Endpoint | null {
  const count = open.length;
  if (count < 2) return count === 1 && open[0]!.places.take(beyond) ? open[0]! : null;
  const first = Math.floor(random() * count);
  const second = (first + 1 + Math.floor(random() * (count - 1))) % count;
  const lesser = open[second]!.places.inFlight < open[first]!.places.inFlight ? second : first;
  if (open[lesser]!.places.take(beyond)) return open[lesser]!;
  for (let step = 1; step < count; step++) {
    const endpoint = open[(lesser + step) % count]!;
    if (endpoint.places.take(beyond)) return endpoint;
  }
  return null;
}

/** Takes a place at the endpoint with least in flight among those that have room and were not tried; null without one. */
export function takeOther(open: readonly Endpoint[], tried: readonly Endpoint[], beyond: number): Endpoint | null {
  const full: Endpoint[] = [];
  for (;;) {
    let best: Endpoint | null = null;
    for (const endpoint of open) {
      if (tried.includes(endpoint) || full.includes(endpoint)) continue;
      if (best === null || endpoint.places.inFlight < best.places.inFlight) best = endpoint;
    }
    if (best === null || best.places.take(beyond)) return best;
    full.push(best);
  }
}

/** The endpoint with the fewest realtime exchanges, now one more; none of `tried`. */
export function takeRealtime(open: readonly Endpoint[], tried: readonly Endpoint[]): Endpoint | "no_healthy_upstream" {
  let best: Endpoint | undefined;
  for (const endpoint of open) {
    if (tried.includes(endpoint)) continue;
    if (best === undefined || endpoint.places.realtime < best.places.realtime) best = endpoint;
  }
  if (best === undefined) return "no_healthy_upstream";
  best.places.takeRealtime();
  return best;
}
