import { spawnSync } from "node:child_process";
import { startNginxSide } from "../../support/nginx-side.ts";
import type { Peer } from "../peer.ts";

function version(): string | undefined {
  return /nginx\/(\S+)/.exec(`${spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr}`)?.[1];
}

/** The yardstick: its configuration is in `bench/support/nginx-side.ts`. */
export const nginx: Peer = {
  name: "nginx",
  setting: "one worker process, any host; access log to a file, a write for each request (its default)",
  warmsUp: false,
  version: () => version() ?? "",
  missing: () => (version() === undefined ? "nginx is not installed: apt-get install nginx" : undefined),
  start: ({ port, keepAlive }) => startNginxSide(port, keepAlive),
};
