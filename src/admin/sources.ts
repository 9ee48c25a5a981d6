import type { Registry } from "prom-client";
import type { Plan, PlannedTenant } from "../plan/types.ts";

/** What the telemetry server shows. */
export interface TelemetrySource {
  /** Whether new requests should be sent here: false before the first plan serves and from the signal to stop on. */
  ready(): boolean;
  readonly registry: Registry;
}

/** What the admin server shows: plain data, read when asked. */
export interface AdminSource {
  readonly version: string;
  /** Hash of the plan that serves. */
  hash(): string;
  plan(): Plan;
  /** Null when no tenant has this name. */
  tenant(name: string): TenantReport | null;
  endpoints(): readonly EndpointReport[];
}

/** One tenant: what the catalog says and what happened since the process began. */
export interface TenantReport {
  readonly tenant: PlannedTenant;
  readonly pool: string;
  readonly tier: string;
  /** Requests that hold a worker, requests that wait for one, and WebSockets, now. */
  readonly inFlight: number;
  readonly queued: number;
  readonly sockets: number;
  /** Totals by name. */
  readonly counters: Readonly<Record<string, number>>;
}

/** One endpoint as its pool sees it now. */
export interface EndpointReport {
  readonly pool: string;
  /** `ip:port`. */
  readonly endpoint: string;
  /** As the catalog has it. */
  readonly address: string;
  readonly state: string;
  readonly inFlight: number;
  readonly slots: number;
  readonly realtime: number;
  /** Network faults since the last success. */
  readonly faults: number;
  readonly lastCheck: string | null;
}
