import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, portOpen } from "../../../test/support/nginx.ts";
import { pinned, proxyCore, stopProcess } from "../../support/processes.ts";
import type { Side } from "../../support/sides.ts";
import type { Peer, PeerWorker } from "../peer.ts";

function version(): string | undefined {
  return /version (\S+)/.exec(`${spawnSync("haproxy", ["-v"], { encoding: "utf8" }).stdout}`)?.[1];
}

/** The same fields as the others set, connections to the worker shared and kept, its HTTP log on. */
const configuration = (port: number, workerPort: number) => `global
  nbthread 1
  maxconn 9000
  log stdout format raw local0 info
defaults
  mode http
  log global
  option httplog
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend edge
  bind 127.0.0.1:${port} backlog 4096
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  option forwardfor
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Real-IP %[src]
  default_backend workers
backend workers
  http-reuse always
  server worker 127.0.0.1:${workerPort}
`;

async function start({ port: workerPort }: PeerWorker): Promise<Side> {
  const directory = await mkdtemp(join(tmpdir(), "hostward-haproxy-"));
  const port = await freePort();
  const file = join(directory, "haproxy.cfg");
  await writeFile(file, configuration(port, workerPort));
  const [program = "", ...args] = pinned(proxyCore, ["haproxy", "-q", "-db", "-f", file]);
  const child = spawn(program, args, { stdio: ["ignore", openSync(join(directory, "access.log"), "w"), "inherit"] });
  await once(child, "spawn");
  await portOpen(port);
  const close = async () => {
    await stopProcess(child);
    await rm(directory, { recursive: true, force: true });
  };
  return { name: "haproxy", port, pid: child.pid!, close };
}

/** HAProxy with one thread. */
export const haproxy: Peer = {
  name: "haproxy",
  setting: "one thread, any host; HTTP log to a file, a write for each request",
  warmsUp: false,
  version: () => version() ?? "",
  missing: () => (version() === undefined ? "HAProxy is not installed: apt-get install haproxy, as root" : undefined),
  start,
};
