/** Proxies of npm, each in a script of its own in `bench/peers/node`. */
import { startHelper } from "../../support/processes.ts";
import { installedVersion, type PeerPackage } from "../packages.ts";
import type { Peer } from "../peer.ts";

function nodePeer(name: string, script: string, library: PeerPackage, setting: string): Peer {
  return {
    name,
    setting,
    warmsUp: true,
    version: () => installedVersion(library),
    async start(worker) {
      const helper = startHelper(`../peers/node/${script}`, worker, "proxy");
      return { name, port: Number(await helper.line()), pid: helper.child.pid!, close: () => helper.stop() };
    },
  };
}

/** In the order of the page. */
export const nodePeers: readonly Peer[] = [
  nodePeer("node:http + undici", "undici.ts", "undici", "`Pool.dispatch`, no policies; no access log"),
  nodePeer("httpxy", "httpxy.ts", "httpxy", "keep-alive agent (its default); has no access log"),
  nodePeer("http-proxy", "http-proxy.ts", "http-proxy", "keep-alive agent (not its default); has no access log"),
  nodePeer("http-proxy-3", "http-proxy-3.ts", "http-proxy-3", "keep-alive agent; has no access log"),
  nodePeer("fast-proxy", "fast-proxy.ts", "fast-proxy", "its undici client; has no access log"),
  nodePeer(
    "@fastify/http-proxy",
    "fastify-http-proxy.ts",
    "@fastify/http-proxy",
    "undici; Fastify's logger is off, its default",
  ),
];
