import { spawnSync } from "node:child_process";
import { parityTools } from "../../../scripts/install-parity.ts";
import type { Bootstrap } from "../../../test/parity/support/bootstrap.ts";
import { startEnvoy } from "../../../test/parity/support/envoy.ts";
import { freePort } from "../../../test/support/nginx.ts";
import { needEnvoy, startEnvoySide } from "../../support/envoy-side.ts";
import { pinToProxyCore } from "../../support/processes.ts";
import type { Side } from "../../support/sides.ts";
import { peerCatalog } from "../catalog.ts";
import type { Peer, PeerWorker } from "../peer.ts";

function version(): string {
  return /version: [^/]*\/([^/]+)\//.exec(`${spawnSync(parityTools.envoy, ["--version"]).stdout}`)?.[1] ?? "";
}

function missing(): string | undefined {
  try {
    needEnvoy();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const http = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";
const fileLog = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog";
const address = (portValue: number) => ({ socketAddress: { address: "127.0.0.1", portValue } });
const field = (key: string, value: string) => ({ header: { key, value }, appendAction: "OVERWRITE_IF_EXISTS_OR_ADD" });

/** One route for any host; the same fields as the others set (`X-Request-Id` is on by default), its file log on. */
function bootstrap(port: number, workerPort: number): Bootstrap {
  const manager = {
    "@type": http,
    statPrefix: "edge",
    useRemoteAddress: true,
    accessLog: [{ name: "envoy.access_loggers.file", typedConfig: { "@type": fileLog, path: "/dev/stdout" } }],
    httpFilters: [{ name: "envoy.filters.http.router", typedConfig: { "@type": router } }],
    routeConfig: {
      name: "edge",
      requestHeadersToAdd: [
        field("x-forwarded-host", "%REQ(:AUTHORITY)%"),
        field("x-real-ip", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
      ],
      virtualHosts: [
        {
          name: "any",
          domains: ["*"],
          routes: [{ name: "all", match: { prefix: "/" }, route: { cluster: "worker" } }],
        },
      ],
    },
  };
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: address(workerPort) } }] }];
  const filter = { name: "envoy.filters.network.http_connection_manager", typedConfig: manager };
  return {
    staticResources: {
      listeners: [{ name: "edge", address: address(port), filterChains: [{ filters: [filter] }] }],
      clusters: [{ name: "worker", type: "STATIC", loadAssignment: { clusterName: "worker", endpoints } }],
    },
  } as unknown as Bootstrap;
}

async function startBare({ port }: PeerWorker): Promise<Side> {
  const envoy = await startEnvoy(bootstrap(await freePort(), port));
  pinToProxyCore(envoy.pid);
  return { name: "envoy, bare", port: envoy.port, pid: envoy.pid, close: envoy.close };
}

/** Envoy with one route and nothing else: what it costs to forward. */
export const envoyBare: Peer = {
  name: "envoy, bare",
  setting: "one worker thread, one route for any host; access log to a file",
  warmsUp: false,
  version,
  missing,
  start: startBare,
};

/** Envoy as `hostward emit` and Envoy Gateway's translator set it up for the same catalog. */
export const envoyEmitted: Peer = {
  name: "envoy, emitted",
  setting:
    "one worker thread, the manifests of the same 20 tenants through Envoy Gateway's translator; its JSON access log to a file. It judges no bodies",
  warmsUp: false,
  version,
  missing,
  start: ({ port }) => startEnvoySide("envoy, emitted", peerCatalog(port), port),
};
