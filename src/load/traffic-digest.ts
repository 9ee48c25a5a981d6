/** Whether two runs asked the same, for results that must not say what was asked. */
import { scryptSync } from "node:crypto";
import type { Traffic } from "./traffic.ts";

/** What decides which requests are sent, and which answers are right. */
export interface AskedTraffic {
  readonly traffic: Traffic;
  readonly externalPort: number | null;
  readonly expectWorker: string;
}

const digestBytes = 8;

/**
 * The same for the same requests alone. Fields and bodies may hold secrets, and a result is passed on: scrypt (RFC 7914)
 * makes it slow to find a short one by trying.
 */
export function trafficDigest({ traffic, externalPort, expectWorker }: AskedTraffic): string {
  const { hosts, zipf, clients } = traffic;
  const requests = traffic.requests.map(({ weight, method, head, body, expect, upgrade }) => {
    return [weight, method, head, body, expect, upgrade];
  });
  const asked = JSON.stringify([hosts, zipf, clients, requests, externalPort, expectWorker]);
  return scryptSync(asked, "hostward-bench traffic", digestBytes).toString("hex");
}
