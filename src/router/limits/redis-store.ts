/** Redis or Valkey: one server, the master that Sentinels name, or a Cluster. */
import { Cluster, type ClusterOptions, type DNSLookupFunction, Redis, type RedisOptions } from "ioredis";
import type { RedisSettings } from "../../plan/types.ts";
import { gcraScript, gcraSha } from "./gcra-script.ts";
import { type LimitStore, type StoreEvents, storeFaultOf } from "./store.ts";
import type { StoreSecrets } from "./store-secrets.ts";

/** A connection that carries questions and no answer for this long is given up. */
const SILENCE_MS = 1_000;
const RECONNECT_MS = 50;
const RECONNECT_MAX_MS = 2_000;
/** A replica is left at most this often: it may be all there is. */
const LEAVE_MS = 1_000;
const REDIRECTIONS_MAX = 4;
const KEEP_ALIVE_MS = 10_000;

export class RedisStore implements LimitStore {
  readonly clustered: boolean;
  readonly connected: Promise<void>;
  readonly #client: Redis | Cluster;
  readonly #random: () => number;
  #leftMs = Number.NEGATIVE_INFINITY;
  /** Undefined before the first word of it. */
  #told: "connected" | "lost" | undefined;

  /** Begins to connect; what becomes of that is told to `events`. `random` is uniform in [0, 1). */
  constructor(settings: RedisSettings, secrets: StoreSecrets, events: StoreEvents, random: () => number) {
    this.#random = random;
    this.clustered = settings.topology === "Cluster";
    this.#client = this.#open(settings, secrets);
    const first = Promise.withResolvers<void>();
    this.connected = first.promise;
    const lost = (cause: unknown) => {
      if (this.#told === "lost") return;
      this.#told = "lost";
      events.lost(storeFaultOf(cause));
    };
    this.#client.on("ready", () => {
      this.#told = "connected";
      first.resolve();
      events.connected();
    });
    this.#client.on("error", lost);
    this.#client.on("close", () => lost(new Error("closed")));
    this.#client.connect().catch(lost);
  }

  get ready(): boolean {
    return this.#client.status === "ready";
  }

  async run(keys: readonly string[], args: readonly (string | number)[]): Promise<readonly number[]> {
    try {
      return await this.#runKnown(keys, args);
    } catch (cause) {
      if (storeFaultOf(cause) === "read_only") this.#leaveReplica();
      throw cause;
    }
  }

  async #runKnown(keys: readonly string[], args: readonly (string | number)[]): Promise<number[]> {
    const client = this.#client;
    try {
      return (await client.evalsha(gcraSha, keys.length, ...keys, ...args)) as number[];
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith("NOSCRIPT"))) throw cause;
    }
    return (await client.eval(gcraScript, keys.length, ...keys, ...args)) as number[];
  }

  /** A master became a replica: another connection may find the new one. A Cluster says by itself where to go. */
  #leaveReplica(): void {
    const nowMs = performance.now();
    if (!(this.#client instanceof Redis) || nowMs - this.#leftMs < LEAVE_MS) return;
    this.#leftMs = nowMs;
    this.#client.disconnect(true);
  }

  close(): void {
    this.#told = "lost";
    this.#client.disconnect();
  }

  #open(settings: RedisSettings, secrets: StoreSecrets): Redis | Cluster {
    const { addresses, topology } = settings;
    const [{ host, port }] = addresses as [RedisSettings["addresses"][number]];
    const common = commonOptions(settings, secrets);
    const retry = (times: number) => this.#reconnectInMs(times);
    if (topology === "Cluster") return new Cluster([...addresses], this.#clusterOptions(common));
    if (topology === "Standalone") return new Redis({ ...common, host, port, retryStrategy: retry, ...neverQueue });
    return new Redis({
      ...common,
      ...neverQueue,
      sentinels: [...addresses],
      name: settings.masterName,
      retryStrategy: retry,
      sentinelRetryStrategy: retry,
      sentinelCommandTimeout: SILENCE_MS,
      ...(settings.sentinelUsername === "" ? {} : { sentinelUsername: settings.sentinelUsername }),
      ...(secrets.sentinelPassword === "" ? {} : { sentinelPassword: secrets.sentinelPassword }),
      ...(common.tls === undefined ? {} : { sentinelTLS: common.tls, enableTLSForSentinelMode: true }),
    });
  }

  #clusterOptions(common: ReturnType<typeof commonOptions>) {
    return {
      ...neverQueue,
      lazyConnect: true,
      redisOptions: common,
      maxRedirections: REDIRECTIONS_MAX,
      slotsRefreshTimeout: SILENCE_MS,
      clusterRetryStrategy: (times: number) => this.#reconnectInMs(times),
      clusterNodeRetryStrategy: (times: number) => this.#reconnectInMs(times),
      // Certificates are for names.
      ...(common.tls === undefined ? {} : { dnsLookup: asWritten }),
    } satisfies ClusterOptions;
  }

  /** Doubles from 50 ms to 2 s, and anything between half of that and all of it. */
  #reconnectInMs(times: number): number {
    const span = Math.min(RECONNECT_MS * 2 ** Math.min(times, 16), RECONNECT_MAX_MS);
    return span * (0.5 + this.#random() / 2);
  }
}

/** What cannot be sent at once fails at once: the limits know better what to do than a queue. */
const neverQueue = { enableOfflineQueue: false } as const;

/** What a connection has, whatever it leads to. */
function commonOptions(settings: RedisSettings, { password, ca }: StoreSecrets) {
  const { tls, username, database, connectTimeoutMs } = settings;
  return {
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    ...(tls === null
      ? {}
      : {
          tls: {
            ...(ca === "" ? {} : { ca }),
            ...(tls.serverName === "" ? {} : { servername: tls.serverName }),
          },
        }),
    db: database,
    protocol: 2,
    connectionName: "hostward",
    disableClientInfo: true,
    keepAlive: KEEP_ALIVE_MS,
    connectTimeout: connectTimeoutMs,
    socketTimeout: SILENCE_MS,
    maxLoadingRetryTime: SILENCE_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    lazyConnect: true,
  } as const satisfies RedisOptions;
}

const asWritten: DNSLookupFunction = (name, found) => found(null, name);
