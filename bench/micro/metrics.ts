// Cost of counting one request, and of one scrape with every pool that metrics may name.
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import { poolsMax } from "../../src/metrics/pool-names.ts";
import { accessRecord } from "../../test/support/access-record.ts";

const ROUNDS = 2_000_000;

const metrics = new EdgeMetrics();
const pools = Array.from({ length: poolsMax }, (_, i) => metrics.poolIndex(`odoo-${i}`));
const records = Array.from({ length: 64 }, (_, i) =>
  accessRecord({
    poolIndex: pools[i % 7] as number,
    ruleIndex: i % 6,
    code: i % 9 === 0 ? "rate_limited" : "",
    totalMs: 1.7 ** (i % 16),
  }),
);
for (let round = 0; round < 3; round++) {
  const start = performance.now();
  for (let i = 0; i < ROUNDS; i++) metrics.finished(records[i & 63] as (typeof records)[number]);
  console.log(`finished: ${(((performance.now() - start) * 1e6) / ROUNDS).toFixed(0)} ns`);
}
for (const poolIndex of pools) {
  for (let ruleIndex = 0; ruleIndex < 6; ruleIndex++) metrics.finished(accessRecord({ poolIndex, ruleIndex }));
}
for (let round = 0; round < 3; round++) {
  const start = performance.now();
  const { length } = await metrics.registry.metrics();
  console.log(`scrape: ${(performance.now() - start).toFixed(1)} ms for ${length} characters`);
}
