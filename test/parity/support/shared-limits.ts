/** What edges count together in: one Redis, and for Envoy the service in front of it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parityTools } from "../../../scripts/install-parity.ts";
import { freePort } from "../../support/nginx.ts";
import { startRedis } from "../../support/redis.ts";
import type { LimitConfig } from "./limit-config.ts";
import { startProgram } from "./program.ts";

export interface SharedLimits {
  /** Of the Redis, in which each edge has keys of its own. */
  readonly store: string;
  /** Port of 127.0.0.1 at which Envoy asks. */
  readonly servicePort: number;
  /** Ends the Redis, for good. */
  loseStore(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both; the service has what an operator is told to set. */
export async function startSharedLimits(configs: readonly LimitConfig[]): Promise<SharedLimits> {
  const folder = await mkdtemp(join(tmpdir(), "hostward-limits-"));
  const redis = await startRedis();
  const ports = { grpc: await freePort(), http: await freePort(), debug: await freePort() };
  const directory = join(folder, "ratelimit", "config");
  await mkdir(directory, { recursive: true });
  // The service reads YAML, and JSON is YAML.
  await Promise.all(configs.map((config, i) => writeFile(join(directory, `${i}.yaml`), JSON.stringify(config))));
  const service = await startProgram(
    parityTools.rateLimit,
    [],
    folder,
    serviceEnvironment(folder, redis.address, ports),
  );
  const close = async () => {
    await service.end().finally(() => redis.close());
    await rm(folder, { recursive: true });
  };
  try {
    await service.listening(ports.grpc);
  } catch (cause) {
    await close().catch(() => undefined);
    throw cause;
  }
  return { store: redis.address, servicePort: ports.grpc, loseStore: () => redis.kill(), close };
}

function serviceEnvironment(
  folder: string,
  redis: string,
  ports: Readonly<Record<"grpc" | "http" | "debug", number>>,
): NodeJS.ProcessEnv {
  return {
    RUNTIME_ROOT: folder,
    RUNTIME_SUBDIRECTORY: "ratelimit",
    RUNTIME_WATCH_ROOT: "false",
    REDIS_SOCKET_TYPE: "tcp",
    REDIS_URL: redis,
    USE_STATSD: "false",
    LOG_LEVEL: "warn",
    HOST: "127.0.0.1",
    PORT: `${ports.http}`,
    GRPC_HOST: "127.0.0.1",
    GRPC_PORT: `${ports.grpc}`,
    DEBUG_HOST: "127.0.0.1",
    DEBUG_PORT: `${ports.debug}`,
    // A client's refused requests must not take from its tenant's limit.
    STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT: "true",
  };
}
