import type { BenchCase } from "../support/bench-case.ts";
import { compareWithNginx } from "../support/compare.ts";

/** CPU per request beside nginx, before a worker that keeps its connections. */
export const nginxKeepalive: BenchCase = {
  name: "nginx-keepalive",
  doc: "CPU per request against nginx, worker keeps connections, 32 connections, GET 1 KiB",
  run: () => compareWithNginx({ keepAlive: true, rounds: 11, requestsPerRound: 30_000, max: 1.35 }),
};
