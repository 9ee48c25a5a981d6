import type { BenchCase } from "../support/bench-case.ts";
import { compareWithNginx } from "../support/compare.ts";

/** CPU per request beside nginx, before a worker that closes after each response, as a prefork Odoo does. */
export const nginxClose: BenchCase = {
  name: "nginx-close",
  doc: "CPU per request against nginx, worker closes after each response, 32 connections, GET 1 KiB",
  run: () => compareWithNginx({ keepAlive: false, rounds: 7, requestsPerRound: 12_000, max: 1.7 }),
};
