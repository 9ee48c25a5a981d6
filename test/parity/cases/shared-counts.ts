/** Limits that all replicas share, counted in Redis by both edges, and what becomes of them without it. */
import { setTimeout as sleep } from "node:timers/promises";
import { ask, inFront } from "../support/case.ts";
import { type Counted, differ, passed, sides, statusOf } from "../support/counting.ts";
import type { ParityLane, Side } from "../support/lane.ts";

const SHARED = "shared.example.com";
const form = ["Content-Type: application/x-www-form-urlencoded"];
const socket = ask("GET /websocket", SHARED, [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
]);
const page = ask("GET /web", SHARED);
const image = ask("GET /web/image/1", SHARED);

/** Envoy counts by the hour of the clock: a case that would see its end waits for the next one. */
async function roomInHour(): Promise<void> {
  const left = 3_600_000 - (Date.now() % 3_600_000);
  if (left < 30_000) await sleep(left + 100);
}

/** Waits until the clock is so many milliseconds into a second. */
async function intoSecond(ms: number): Promise<void> {
  await sleep((ms + 1000 - (Date.now() % 1000)) % 1000);
}

/** How many of `times` requests at once each edge lets through. */
async function atOnce(lane: ParityLane, times: number, from: string): Promise<Record<Side, number>> {
  const [node = 0, envoy = 0] = await Promise.all(
    sides.map(async (side) => {
      const statuses = await Promise.all(Array.from({ length: times }, () => statusOf(lane, side, image, from)));
      return statuses.filter((status) => status < 400).length;
    }),
  );
  return { node, envoy };
}

/** Asks at two moments of a second and the next, with another client each time, until what is looked for is seen. */
async function inTwoParts(
  lane: ParityLane,
  parts: readonly [first: Moment, second: Moment],
  wanted: (counts: Record<Side, number>) => boolean,
): Promise<string[]> {
  let last = { node: 0, envoy: 0 };
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const from = `127.0.3.${clients++}`;
    await intoSecond(parts[0].ms);
    await atOnce(lane, parts[0].requests, from);
    await intoSecond(parts[1].ms);
    last = await atOnce(lane, parts[1].requests, from);
    if (wanted(last)) return [];
  }
  return [`the second part: ${JSON.stringify(last)}`];
}

interface Moment {
  readonly ms: number;
  readonly requests: number;
}

const TRIES_MAX = 20;
let clients = 1;

/** Limits with `scope: Global`. */
export const sharedCounts: readonly Counted[] = [
  {
    name: "requests under a limit that replicas share",
    rows: ["rate-global"],
    where: inFront,
    async run(lane) {
      await roomInHour();
      const counts = [];
      for (const from of ["127.0.2.1", "127.0.2.2", "127.0.2.3"]) counts.push(await passed(lane, 7, page, from));
      // Of the body nothing comes: the refusal must not wait for it.
      const head = ask("POST /web", SHARED, [], "x").slice(0, -1);
      const seen = await lane.send({ segments: [head], method: "POST", answers: 1, from: "127.0.2.4", quietMs: 4000 });
      const [a, b] = [seen.node, seen.envoy].map(({ responses: { finals } }) => [finals[0]?.status, finals[0]?.body]);
      return [
        ...differ("requests of three clients", counts, [
          { node: 5, envoy: 5 },
          { node: 5, envoy: 5 },
          { node: 2, envoy: 2 },
        ]),
        ...differ("the refusal in production", b, a),
        ...differ("its status", a?.[0], 429),
      ];
    },
  },
  {
    name: "the end of one second and the beginning of the next",
    rows: ["rate-global-window"],
    where: inFront,
    run: (lane) =>
      inTwoParts(
        lane,
        [
          { ms: 750, requests: 5 },
          { ms: 10, requests: 5 },
        ],
        ({ node, envoy }) => envoy === 5 && node < 5,
      ),
  },
  {
    name: "the beginning and the end of a second",
    rows: ["rate-global-refill"],
    where: inFront,
    run: (lane) =>
      inTwoParts(
        lane,
        [
          { ms: 10, requests: 5 },
          { ms: 600, requests: 2 },
        ],
        ({ node, envoy }) => node === 2 && envoy === 0,
      ),
  },
  {
    name: "tries of one name from many addresses",
    rows: ["rate-login"],
    where: inFront,
    async run(lane) {
      let counts = { node: 0, envoy: 0 };
      for (let i = 1; i <= 12; i++) {
        const bytes = ask("POST /web/login", SHARED, form, "login=crowd&password=x");
        const { node, envoy } = await passed(lane, 1, bytes, `127.0.4.${i}`);
        counts = { node: counts.node + node, envoy: counts.envoy + envoy };
      }
      return differ("logins", counts, { node: 10, envoy: 12 });
    },
  },
];

/** Without the store, which does not come back. */
export const lostStore: readonly Counted[] = [
  {
    name: "limits without their store",
    rows: ["rate-store", "rate-store-local", "rate-store-each"],
    where: inFront,
    async run(lane) {
      await lane.limits.loseStore();
      const closed = [await statusOf(lane, "node", image), await statusOf(lane, "envoy", image)];
      const local = await passed(lane, 5, socket);
      return [
        ...differ("with `failureMode: Closed`", closed, [503, 200]),
        ...differ("with `failureMode: Local`", local, { node: 3, envoy: 5 }),
      ];
    },
  },
];
