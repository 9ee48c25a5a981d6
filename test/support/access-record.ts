import { placeText } from "../../src/metrics/access-line.ts";
import type { AccessRecord } from "../../src/metrics/record.ts";

/** The record of an ordinary request that was relayed, with what a case changes. */
export function accessRecord(changes: Partial<AccessRecord> = {}): AccessRecord {
  const { tenant = "acme", pool = "odoo-18" } = changes;
  return {
    startEpochMs: Date.UTC(2026, 10, 30, 9, 5, 7, 42),
    requestId: "6f1c3c1e-6f0d-4f2b-9f6e-1f2a3b4c5d6e",
    listener: "http",
    clientAddress: "203.0.113.9",
    method: "GET",
    host: "acme.example",
    path: "/web/image/res.partner/7/avatar_128",
    tenant,
    pool,
    place: placeText(tenant, pool),
    poolIndex: 2,
    rule: "static",
    ruleIndex: 4,
    endpoint: "127.0.0.1:18069",
    code: "",
    detail: "",
    status: 200,
    bytesIn: 0,
    bytesOut: 4711,
    queueMs: 0,
    connectMs: 0.2049,
    workerMs: 12.3456,
    totalMs: 13,
    tunnel: false,
    loginBlock: "",
    ...changes,
  };
}
