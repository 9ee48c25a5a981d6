/** A thread that takes from shared rate buckets as fast as it can, for the test of several. */
import { parentPort, workerData } from "node:worker_threads";
import { RateLimits, type RateMemory, tenantId } from "../../src/policy/limits/rate-limits.ts";

/** What such a thread is told. */
export interface RateThreadData {
  readonly memory: RateMemory;
  /** A word that all threads wait for, so that they begin together, and one that counts all requests: their clock. */
  readonly start: SharedArrayBuffer;
  readonly requests: number;
  /** Clients, each asked for in turn. */
  readonly clients: number;
  /** Milliseconds that pass with each request, from 1. */
  readonly stepMs: number;
  readonly perTenant: { readonly requests: number; readonly perMs: number; readonly burst: number };
  readonly perClient: { readonly requests: number; readonly perMs: number; readonly burst: number };
}

const { memory, start, requests, clients, stepMs, perTenant, perClient } = workerData as RateThreadData;
const rates = new RateLimits(memory);
const tenant = tenantId("acme");
const granted = new Array<number>(clients).fill(0);
const gate = new Int32Array(start);
parentPort!.postMessage("ready");
Atomics.wait(gate, 0, 0);
for (let i = 0; i < requests; i++) {
  const client = i % clients;
  rates.nowMs = 1 + Atomics.add(gate, 1, 1) * stepMs;
  if (rates.take(tenant, 1, `10.0.0.${client}`, perTenant, perClient) === 0) granted[client]!++;
}
parentPort!.postMessage(granted);
