/**
 * What `npm run bench:peers` found: plain data, from which the page and its plots are made. CPU is user and system of the proxy's
 * processes. A section that was not measured is left out.
 */
import type { BenchResult } from "../../src/load/result.ts";
import type { Figure } from "../support/bench-case.ts";
import type { Spread } from "./spread.ts";

/** Where and when a section was measured. */
export interface Measured {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: {
    readonly commit: string;
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryMiB: number;
    readonly system: string;
  };
  /** Fewer and shorter rounds: a look, not a measurement. */
  readonly quick: boolean;
}

/** A proxy that was measured, or could not be. */
export interface PeerEntry {
  readonly name: string;
  readonly version: string;
  readonly setting: string;
}

/** One peer in one case. */
export interface PeerFigures {
  readonly peer: string;
  /** Microseconds per request. */
  readonly cpuUs: Spread;
  /** CPU per request, divided by nginx's of the same round. */
  readonly ratio: Spread;
  readonly requestsPerSecond: Spread;
  readonly requests: number;
  readonly errors: number;
  /** New connections of the client for each hundred requests. */
  readonly connectsPerHundred: number;
  readonly memoryMiB: number;
}

export interface PeerCaseResult {
  readonly id: string;
  readonly title: string;
  readonly connections: number;
  readonly rounds: number;
  readonly peers: readonly PeerFigures[];
  /** Peers that could not be started, and why. */
  readonly failed: readonly { readonly peer: string; readonly reason: string }[];
}

/** How cost grows with something. */
export interface GrowthResult {
  readonly id: string;
  readonly title: string;
  /** What grows. */
  readonly unit: string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly {
      readonly at: number;
      readonly cpuUs: Spread;
      readonly errors: number;
      readonly requests: number;
    }[];
  }[];
}

/** Figures that stand for themselves. */
export interface FiguresResult {
  readonly id: string;
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Everything that can be measured on its own. */
export interface Sections {
  readonly peers: { readonly entries: readonly PeerEntry[]; readonly cases: readonly PeerCaseResult[] };
  readonly latency: { readonly runs: readonly { readonly title: string; readonly result: BenchResult }[] };
  readonly growth: { readonly results: readonly GrowthResult[] };
  readonly connections: { readonly results: readonly FiguresResult[] };
  readonly tenants: { readonly results: readonly FiguresResult[] };
  readonly others: { readonly results: readonly FiguresResult[] };
  readonly isolation: { readonly results: readonly FiguresResult[] };
}

export type SectionName = keyof Sections;

export interface PeersResult {
  readonly format: "hostward-peers/1";
  readonly sections: { readonly [Name in SectionName]?: Measured & Sections[Name] };
}
