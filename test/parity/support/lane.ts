/**
 * Two edges side by side, each before workers of its own: the Node edge, and Envoy with the emitted manifests (and, where
 * the variant has one, the guard behind it). One request at a time goes to both, and all that came of it is known.
 */
import { startTestEdge, type TestEdge } from "../../support/edge.ts";
import { freePort } from "../../support/nginx.ts";
import { exchangeRaw, readResponses, type StrictResponses } from "../../support/raw-client.ts";
import { type RecordedRequest, type RecordingWorker, startRecordingWorker } from "../../support/recording-worker.ts";
import type { TrafficEntry } from "../../support/traffic.ts";
import type { Bootstrap } from "./bootstrap.ts";
import {
  DEAD_PORT,
  EXT_AUTH_SERVICE,
  GUARD_PORT,
  HTTP_PORT,
  OWN_SERVICE,
  type ParityPool,
  type ParityVariant,
  parityCatalog,
  parityListeners,
  parityPools,
} from "./catalog.ts";
import { type RunningEnvoy, startEnvoy } from "./envoy.ts";
import type { SharedLimits } from "./shared-limits.ts";
import type { TranslatedGateway } from "./translate.ts";
import { parityScript } from "./worker-script.ts";

/** A request that reached a worker, and which. */
export interface Arrival {
  /** `pool:http` or `pool:realtime`. */
  readonly worker: string;
  readonly request: RecordedRequest;
}

/** What came of one case at one edge. */
export interface Seen {
  readonly responses: StrictResponses;
  readonly ended: "closed" | "reset" | "idle";
  readonly arrivals: readonly Arrival[];
  /** Bytes at a worker that are no request. */
  readonly strays: readonly string[];
}

export interface SeenByBoth {
  readonly node: Seen;
  readonly envoy: Seen;
  /** What the Node edge answered by itself, in order; empty for what it forwarded. */
  readonly codes: readonly string[];
}

/** What is sent. */
export interface Sent {
  readonly segments: readonly string[];
  readonly method: string;
  /** Final answers that are waited for. */
  readonly answers: number;
  /** Address of the client; empty: 127.0.0.1. */
  readonly from: string;
  /** How long to wait for an answer that does not come. */
  readonly quietMs: number;
}

export type Side = "node" | "envoy";

export interface ParityLane {
  readonly variant: ParityVariant;
  send(sent: Sent): Promise<SeenByBoth>;
  readonly ports: Readonly<Record<Side, number>>;
  readonly workers: Readonly<Record<Side, Workers>>;
  readonly edge: TestEdge;
  readonly envoy: RunningEnvoy;
  readonly limits: SharedLimits;
  close(): Promise<void>;
}

/** A part of the loopback network that another run beside this one does not have. */
const NETWORK = `127.${100 + (process.pid % 150)}`;

/** An address of the loopback network for a side of a lane's pool, which no other has. */
export function laneAddress(lane: number, side: Side, pool: number): string {
  return `${NETWORK}.${lane * 2 + (side === "node" ? 0 : 1)}.${pool + 1}`;
}

/** The address that the translation's Services have before a lane moves them. */
export function serviceAddress(namespace: string, name: string): string {
  if (name === EXT_AUTH_SERVICE) return EXT_AUTH_ADDRESS;
  return laneAddress(
    0,
    "envoy",
    parityPools.findIndex((pool) => pool.namespace === namespace && pool.service === name),
  );
}

const EXT_AUTH_ADDRESS = `${NETWORK}.0.200`;

/** The workers behind one edge: one for each port of each pool. */
export class Workers {
  readonly #named: (readonly [name: string, worker: RecordingWorker])[];

  constructor(named: (readonly [name: string, worker: RecordingWorker])[]) {
    this.#named = named;
  }

  static async start(addressOf: (pool: ParityPool) => string, entries: readonly TrafficEntry[]): Promise<Workers> {
    const script = parityScript(entries);
    const named = await Promise.all(
      parityPools.flatMap((pool) =>
        [["http", HTTP_PORT] as const, ["realtime", pool.realtimePort] as const]
          .filter(([, port]) => port !== 0)
          .map(async ([port, number]) => {
            const worker = await startRecordingWorker(script, { host: addressOf(pool), port: number });
            return [`${pool.name}:${port}`, worker] as const;
          }),
      ),
    );
    return new Workers(named);
  }

  forget(): void {
    for (const [, worker] of this.#named) worker.forget();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#named.map(([, worker]) => worker.settled(100)));
  }

  get arrivals(): Arrival[] {
    return this.#named.flatMap(([name, worker]) =>
      worker.connections.flatMap(({ requests }) =>
        requests.filter(({ target }) => target !== "/lane-check").map((request) => ({ worker: name, request })),
      ),
    );
  }

  /** Bytes of answers that the edge did not take yet. */
  get unsent(): number {
    return this.#named.reduce(
      (sum, [, worker]) => sum + worker.connections.reduce((own, { unsent }) => own + unsent, 0),
      0,
    );
  }

  get strays(): string[] {
    return this.#named.flatMap(([, worker]) =>
      worker.connections.map(({ rest }) => rest).filter((rest) => rest !== ""),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#named.map(([, worker]) => worker.close()));
  }
}

/** Starts one lane of a variant, whose manifests are translated already. */
export async function openParityLane(
  variant: ParityVariant,
  translated: TranslatedGateway,
  lane: number,
  entries: readonly TrafficEntry[],
  limits: SharedLimits,
): Promise<ParityLane> {
  const addressOn = (side: Side) => (pool: ParityPool) => laneAddress(lane, side, parityPools.indexOf(pool));
  const sides = {
    node: await Workers.start(addressOn("node"), entries),
    envoy: await Workers.start(addressOn("envoy"), entries),
  };
  const { externalPort } = variant;
  const listeners = parityListeners(externalPort, 0);
  const edge = await startTestEdge({ catalog: parityCatalog(variant, addressOn("node"), listeners, limits.store) });
  const guard = await startGuard(variant, addressOn("envoy"), limits.store);
  const envoy = await startEnvoySomewhere((port, adminPort) =>
    translated.bootstrap({
      port,
      adminPort,
      limitPort: limits.servicePort,
      endpointAt: ({ address, port }) =>
        address === EXT_AUTH_ADDRESS
          ? { address: "127.0.0.1", port: guard!.port }
          : { address: address.replace(/^127\.\d+\.\d+/, `${NETWORK}.${lane * 2 + 1}`), port },
    }),
  );
  return {
    variant,
    ports: { node: edge.port, envoy: envoy.port },
    workers: sides,
    edge,
    envoy,
    limits,
    async send(sent) {
      for (const side of Object.values(sides)) side.forget();
      const linesBefore = edge.lines.length;
      const [node, atEnvoy] = await Promise.all([
        exchange(edge.port, sent, sides.node),
        exchange(envoy.port, sent, sides.envoy),
      ]);
      const codes = edge.lines.slice(linesBefore).map(({ code }) => `${code ?? ""}`);
      return { node, envoy: atEnvoy, codes };
    },
    async close() {
      await envoy.close();
      await guard?.close();
      await edge.close();
      for (const side of Object.values(sides)) await side.close();
    },
  };
}

/** The pool of its own has a second endpoint, at which nobody listens. */
function withDeadEndpoint(bootstrap: Bootstrap): Bootstrap {
  const { clusters } = bootstrap.staticResources;
  const own = `.${parityPools.findIndex(({ service }) => service === OWN_SERVICE) + 1}"`;
  const more = clusters.map((cluster) => {
    const text = JSON.stringify(cluster);
    return text.includes(`${own},"portValue":${HTTP_PORT}`) || text.includes(`${own},"portValue":${GUARD_PORT}`)
      ? doubled(cluster)
      : cluster;
  });
  return { ...bootstrap, staticResources: { ...bootstrap.staticResources, clusters: more } };
}

interface Assignment {
  readonly endpoints: ReadonlyArray<{ readonly lbEndpoints: readonly object[] }>;
}

function doubled(cluster: Bootstrap["staticResources"]["clusters"][number]) {
  const assignment = cluster.loadAssignment as Assignment;
  const endpoints = assignment.endpoints.map((locality) => {
    const [first] = locality.lbEndpoints;
    const dead = JSON.parse(JSON.stringify(first).replace(/"portValue":\d+/, `"portValue":${DEAD_PORT}`));
    return { ...locality, lbEndpoints: [...locality.lbEndpoints, dead] };
  });
  return { ...cluster, loadAssignment: { ...assignment, endpoints } };
}

const PORT_TRIES = 5;

/** Starts Envoy on a port that was free a moment ago, and on another where somebody was faster. */
async function startEnvoySomewhere(bootstrapAt: (port: number, adminPort: number) => Bootstrap): Promise<RunningEnvoy> {
  for (let tries = 1; ; tries++) {
    try {
      return await startEnvoy(withDeadEndpoint(bootstrapAt(await freePort(), await freePort())));
    } catch (cause) {
      if (tries === PORT_TRIES || !`${cause}`.includes("Address already in use")) throw cause;
    }
  }
}

/** The guard that stands behind Envoy: beside each pool's workers, or as the one that Envoy asks. */
async function startGuard(
  variant: ParityVariant,
  addressOf: (pool: ParityPool) => string,
  store: string,
): Promise<TestEdge | null> {
  const { externalPort } = variant;
  if (variant.guard === "ExtAuth") {
    const listeners = `[ { name: http, address: 127.0.0.1, port: 0, externalPort: ${externalPort} } ]`;
    return startTestEdge({ catalog: parityCatalog(variant, addressOf, listeners, store), mode: "authorizer" });
  }
  if (variant.guard !== "Sidecar") return null;
  const each = parityPools.map(
    (pool) => `{ name: ${pool.name}, address: ${addressOf(pool)}, port: ${GUARD_PORT}, externalPort: ${externalPort} }`,
  );
  return startTestEdge({ catalog: parityCatalog(variant, addressOf, `[ ${each.join(", ")} ]`, store), mode: "guard" });
}

async function exchange(port: number, sent: Sent, workers: Workers): Promise<Seen> {
  const methods = [sent.method];
  const { received, ended } = await exchangeRaw(port, sent.segments, {
    quietMs: sent.quietMs,
    localAddress: sent.from,
    satisfied: (bytes) => readResponses({ received: bytes, ended: "idle" }, methods).finals.length >= sent.answers,
  });
  await workers.settled();
  const responses = readResponses({ received, ended }, methods);
  return { responses, ended, arrivals: workers.arrivals, strays: workers.strays };
}
