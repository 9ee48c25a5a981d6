import t from "tap";
import { takeEndpoint, takeOther } from "../../src/router/upstream/choose-endpoint.ts";
import { Endpoint } from "../../src/router/upstream/endpoint.ts";

/** Endpoints a, b, c … with these requests in flight and four slots each. */
function endpoints(inFlight: readonly number[]): Endpoint[] {
  return inFlight.map((count, index) => {
    const endpoint = new Endpoint("abcdef"[index]!, `10.0.0.${index}`, 8069, 8072);
    endpoint.places.slots = 4;
    for (let i = 0; i < count; i++) endpoint.places.take(Number.POSITIVE_INFINITY);
    return endpoint;
  });
}

/** Gives out these numbers in turn. */
function dice(numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++]!;
}

const choices: ReadonlyArray<
  readonly [rule: string, inFlight: readonly number[], dice: readonly number[], beyond: number, want: string]
> = [
  ["no endpoint, no choice", [], [], 0, "-"],
  ["a single endpoint with room is chosen without dice", [3], [], 0, "a"],
  ["a single full endpoint is not chosen", [4], [], 0, "-"],
  ["of two the lesser is chosen, drawn first", [1, 2], [0, 0], 0, "a"],
  ["of two the lesser is chosen, drawn second", [1, 2], [0.5, 0], 0, "a"],
  ["a tie goes to the first drawn, a", [1, 1], [0, 0], 0, "a"],
  ["a tie goes to the first drawn, b", [1, 1], [0.5, 0], 0, "b"],
  ["only the two that were drawn are compared", [0, 3, 2, 0], [0.25, 0], 0, "c"],
  ["the second is never the first: the largest numbers wrap around", [1, 2, 3], [0.99, 0.99], 0, "b"],
  ["a free one is found when both that were drawn are full", [4, 4, 4, 1], [0, 0], 0, "d"],
  ["a full pool has no choice", [4, 4, 4], [0, 0.5], 0, "-"],
  ["whoever may go beyond the slots finds room in a full pool", [4, 5], [0, 0], 2, "a"],
  ["beyond has an end", [6, 6], [0, 0], 2, "-"],
];
for (const [rule, inFlight, numbers, beyond, want] of choices) {
  t.equal(takeEndpoint(endpoints(inFlight), beyond, dice(numbers))?.address ?? "-", want, rule);
}

const others: ReadonlyArray<readonly [rule: string, inFlight: readonly number[], tried: string, want: string]> = [
  ["the least busy that was not tried", [0, 3, 1], "a", "c"],
  ["a full one is passed over", [0, 4, 3], "a", "c"],
  ["none when all were tried", [0, 0], "ab", "-"],
  ["none when those that are left are full", [0, 4], "a", "-"],
];
for (const [rule, inFlight, tried, want] of others) {
  const open = endpoints(inFlight);
  const before = open.filter((endpoint) => tried.includes(endpoint.address));
  t.equal(takeOther(open, before, 0)?.address ?? "-", want, rule);
}
