/** What one request does not show: limits by counting, endpoints that fail, clients that do not read. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { request as httpRequest } from "undici";
import { ask, behindProxy, inFront, type Where } from "../support/case.ts";
import { FEW_FIELDS, INTERNAL_CLIENT } from "../support/catalog.ts";
import { type Counted, differ, passed, sides, statusOf } from "../support/counting.ts";
import type { ParityLane, Side } from "../support/lane.ts";
import { lostStore, sharedCounts } from "./shared-counts.ts";

const LIMITED = "limited.example.com";
const NARROW = "narrow.example.com";
const OWN = "own.example.com";
const form = ["Content-Type: application/x-www-form-urlencoded"];
const upgrade = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const forwardsRpc: Where = (variant) => inFront(variant) && variant.guard !== "Deny";

const limits: readonly Counted[] = [
  {
    name: "a client's tries to log in",
    rows: ["rate-limits"],
    where: inFront,
    run: async (lane) =>
      differ("logins", await passed(lane, 6, ask("POST /web/login", LIMITED, form, "login=a")), { node: 3, envoy: 3 }),
  },
  {
    name: "a client's requests, and those of all clients of a tenant",
    rows: ["rate-limits"],
    where: inFront,
    async run(lane) {
      const counts = [];
      for (const from of ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4"]) {
        counts.push(await passed(lane, 12, ask("GET /web", LIMITED), from));
      }
      const each = { node: 10, envoy: 10 };
      return differ("requests of four clients", counts, [each, each, each, { node: 0, envoy: 0 }]);
    },
  },
  {
    name: "a burst over the rate",
    rows: ["rate-burst"],
    where: inFront,
    run: async (lane) =>
      differ("images", await passed(lane, 10, ask("GET /web/image/1", LIMITED)), { node: 8, envoy: 4 }),
  },
  {
    name: "a burst under the rate",
    rows: ["rate-burst-small"],
    where: inFront,
    run: async (lane) =>
      differ("sockets", await passed(lane, 5, ask("GET /websocket", LIMITED, upgrade)), { node: 1, envoy: 3 }),
  },
  {
    name: "calls at two paths of one rule",
    rows: ["rate-buckets"],
    where: forwardsRpc,
    async run(lane) {
      const version = JSON.stringify({ params: { service: "common", method: "version", args: [] } });
      const json = ["Content-Type: application/json"];
      const calls = await passed(lane, 4, ask("POST /jsonrpc", LIMITED, json, version));
      const more = await passed(lane, 4, ask("POST /json/2/x", LIMITED, json, "{}"));
      return differ(
        "calls",
        [calls, more],
        [
          { node: 4, envoy: 4 },
          { node: 1, envoy: 4 },
        ],
      );
    },
  },
  {
    name: "clients of one IPv6 network",
    rows: ["rate-client"],
    where: behindProxy,
    async run(lane) {
      let counts = { node: 0, envoy: 0 };
      for (let i = 1; i <= 5; i++) {
        const fields = [...form, `X-Forwarded-For: 2001:db8:1:2::${i}`];
        const { node, envoy } = await passed(lane, 1, ask("POST /web/login", LIMITED, fields, `login=c${i}`));
        counts = { node: counts.node + node, envoy: counts.envoy + envoy };
      }
      return differ("logins", counts, { node: 3, envoy: 5 });
    },
  },
  {
    name: "a worker that calls back",
    rows: ["rate-internal"],
    where: behindProxy,
    run: async (lane) =>
      differ("requests", await passed(lane, 12, ask("GET /report", LIMITED, [`X-Forwarded-For: ${INTERNAL_CLIENT}`])), {
        node: 12,
        envoy: 10,
      }),
  },
];

const bounds: readonly Counted[] = [
  {
    name: "two requests where one may be in flight",
    rows: ["concurrency", "concurrency-pod"],
    where: inFront,
    async run(lane) {
      const both = (side: Side) => Promise.all([1, 2].map(() => statusOf(lane, side, ask("GET /parity/held", NARROW))));
      const wanted = lane.variant.guard === "Sidecar" ? [200, 503] : [200, 200];
      return [
        ...differ("at the edge", (await both("node")).toSorted(), [200, 503]),
        ...differ("in production", (await both("envoy")).toSorted(), wanted),
      ];
    },
  },
  {
    name: "logins where two may fail",
    rows: ["failed-logins", "failed-logins-pod"],
    where: inFront,
    async run(lane) {
      const got = await passed(lane, 4, ask("POST /web/login", NARROW, form, "login=a&password=x"));
      return differ("logins", got, { node: 2, envoy: lane.variant.guard === "Sidecar" ? 2 : 4 });
    },
  },
  {
    name: "two sockets where one may be open",
    rows: ["realtime-caps", "realtime-caps-pod"],
    where: inFront,
    async run(lane) {
      const found = [];
      for (const side of sides) {
        const first = await open(lane.ports[side], ask("GET /websocket", NARROW, upgrade));
        const second = await statusOf(lane, side, ask("GET /websocket", NARROW, upgrade));
        first.destroy();
        found.push(second);
      }
      return differ("the second", found, [503, lane.variant.guard === "Sidecar" ? 503 : 101]);
    },
  },
  {
    name: "more fields than the edge takes",
    rows: ["head-limits-other"],
    where: behindProxy,
    async run(lane) {
      const many = ask(
        "GET /web",
        "acme.example.com",
        Array.from({ length: FEW_FIELDS }, (_, i) => `X-${i}: 1`),
      );
      return differ("statuses", [await statusOf(lane, "node", many), await statusOf(lane, "envoy", many)], [431, 200]);
    },
  },
  {
    name: "a second listener",
    rows: ["listeners"],
    where: behindProxy,
    async run(lane) {
      const second = lane.edge.edge.addresses.find(({ name }) => name === "more")!;
      const ports = { ...lane, ports: { ...lane.ports, node: second.port } };
      return differ("status", await statusOf(ports, "node", ask("GET /web", "acme.example.com")), 200);
    },
  },
];

async function open(port: number, bytes: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => {});
  socket.write(bytes, "latin1");
  await once(socket, "data");
  return socket;
}

const TRIES = 12;

const failing: readonly Counted[] = [
  {
    name: "an endpoint at which nobody listens",
    rows: ["forward-retry"],
    where: inFront,
    run: async (lane) =>
      differ("requests", await passed(lane, TRIES, ask("GET /web", OWN)), { node: TRIES, envoy: TRIES }),
  },
  {
    name: "errors of a worker, and an endpoint at which nobody listens",
    rows: ["forward-ejection"],
    where: (variant) => inFront(variant) && variant.guard !== "Sidecar",
    async run(lane) {
      const ejected = { node: () => ejectedByNode(lane), envoy: () => ejectedByEnvoy(lane) };
      const counts = [];
      for (const side of sides) {
        // Endpoints are chosen at random: the dead one must be met some times in a row.
        for (let i = 0; i < TRIES_MAX && (await ejected[side]()) === 0; i++) {
          await statusOf(lane, side, ask("GET /parity/error", OWN));
        }
        counts.push(await ejected[side]());
      }
      return differ("ejected endpoints", counts, [1, 1]);
    },
  },
];

const TRIES_MAX = 200;

async function ejectedByNode(lane: ParityLane): Promise<number> {
  const own = lane.edge.edge.endpoints().filter(({ pool }) => pool === "odoo-18-own");
  return own.filter(({ state }) => state === "ejected").length;
}

async function ejectedByEnvoy(lane: ParityLane): Promise<number> {
  const { body } = await httpRequest(`http://127.0.0.1:${lane.envoy.adminPort}/clusters?format=json`);
  return (JSON.stringify(await body.json()).match(/"failed_outlier_check":true/g) ?? []).length;
}

const LARGE = "GET /parity/large";

const slow: readonly Counted[] = [
  {
    name: "a client that takes nothing for longer than the edge waits",
    rows: ["response-slow-client"],
    where: (variant) => inFront(variant) && variant.guard !== "Sidecar",
    run: async (lane) =>
      differ("cut", await Promise.all(sides.map((side) => isCut(lane.ports[side], LARGE, 4000))), [true, false]),
  },
  {
    name: "a response that its client does not take yet",
    rows: ["response-buffers"],
    where: inFront,
    async run(lane) {
      const unsent = sides.map(async (side) => {
        lane.workers[side].forget();
        const socket = await open(lane.ports[side], ask("GET /parity/medium", "acme.example.com"));
        socket.pause();
        await sleep(700);
        const left = lane.workers[side].unsent;
        socket.destroy();
        return left;
      });
      return differ("bytes that wait at the worker", await Promise.all(unsent), [0, 0]);
    },
  },
  {
    name: "the access log",
    rows: ["finish-record"],
    where: inFront,
    async run(lane) {
      for (const side of sides)
        await statusOf(
          lane,
          side,
          ask("GET /logged?access_token=secret1", "acme.example.com", ["Cookie: session_id=secret2"]),
        );
      await sleep(400); // Envoy writes its lines every 200 ms.
      const lines = lane.envoy
        .accessLog()
        .split("\n")
        .filter((line) => line.includes("/logged"));
      const paths = lines.map((line) => (JSON.parse(line) as { readonly path: string }).path);
      return [
        ...differ("paths", paths, ["/logged"]),
        ...(lines.join().includes("secret") ? ["a secret was logged"] : []),
      ];
    },
  },
];

/** Whether a client that asks for more than any buffer holds, and reads nothing, is cut before it goes on reading. */
async function isCut(port: number, line: string, waitMs: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let ended = false;
  socket.on("error", () => {
    ended = true;
  });
  socket.pause();
  socket.write(ask(line, "acme.example.com"), "latin1");
  await sleep(waitMs);
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
  });
  socket.resume();
  for (let waited = 0; waited < 3000 && !ended && bytes < 20 * 2 ** 20; waited += 20) await sleep(20);
  socket.destroy();
  return bytes < 20 * 2 ** 20;
}

/** All of them, in an order in which none spoils another. */
export const counted: readonly Counted[] = [...limits, ...sharedCounts, ...bounds, ...failing, ...slow, ...lostStore];
