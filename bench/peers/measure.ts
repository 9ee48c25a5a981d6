/** The sections of a run, and how each is measured. */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { comparePeers } from "./compare-peers.ts";
import { measureNewConnections } from "./connections/new-connections.ts";
import { measureWebSockets } from "./connections/web-sockets.ts";
import type { Effort } from "./effort.ts";
import { measureAllGrowth } from "./growth/all-growth.ts";
import { measureLatency } from "./latency/measure-latency.ts";
import { measureIsolation, measureOthers } from "./others/other-goals.ts";
import type { Measured, SectionName, Sections } from "./results.ts";
import { measureManyTenants } from "./tenants/many-tenants.ts";

const sections: { readonly [Name in SectionName]: (effort: Effort) => Promise<Sections[Name]> } = {
  peers: comparePeers,
  latency: measureLatency,
  growth: measureAllGrowth,
  connections: async (effort) => ({
    results: [await measureNewConnections(effort), await measureWebSockets(effort)],
  }),
  tenants: measureManyTenants,
  others: measureOthers,
  isolation: measureIsolation,
};

/** All names, in the order in which they are measured. */
export const sectionNames = Object.keys(sections) as readonly SectionName[];

/** Measures one section and notes where and when. */
export async function measureSection<Name extends SectionName>(
  name: Name,
  effort: Effort,
): Promise<Measured & Sections[Name]> {
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const found = await sections[name](effort);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  return { startedAt, seconds, machine: machine(), quick: effort.quick, ...found };
}

function machine(): Measured["machine"] {
  return {
    commit: execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim(),
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    system: `${type()} ${release()}`,
  };
}
