/** What a thread asks and the scheduler does not know, or cannot answer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { systemClock } from "../../src/core/clock.ts";
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import { ruleNames } from "../../src/policy/rules.ts";
import { toldToNobody } from "../../src/router/edge-parts.ts";
import { SocketCounts } from "../../src/router/socket-counts.ts";
import type { EdgeThread } from "../../src/router/threads/edge-thread.ts";
import type { FromScheduler } from "../../src/router/threads/messages.ts";
import { allocateProcess } from "../../src/router/threads/process-memory.ts";
import { Scheduler } from "../../src/router/threads/scheduler.ts";
import { SharedLanes } from "../../src/router/threads/shared-lanes.ts";
import { noPoolEvents } from "../../src/router/upstream/pool-deps.ts";
import { planOf } from "../support/edge.ts";
import { LiveClient, until } from "../support/live-client.ts";
import { sceneCatalog, tenantDocument } from "../support/scene.ts";
import { upgrade } from "../support/socket-client.ts";
import { startThreads } from "../support/threads.ts";

t.test(
  "a request of a tenant that is gone for two plans is refused, and nobody takes it for one that waits",
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "hostward-test-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const memory = allocateProcess(2);
    const announced: FromScheduler["tells"][] = [];
    const told: FromScheduler["tells"][] = [];
    const first = planOf(folder, sceneCatalog({ more: tenantDocument("leaves") }, 9));
    const scheduler = new Scheduler(first, {
      memory,
      mode: "edge",
      metrics: new EdgeMetrics({ others: memory.metrics.slice(1) }),
      clock: systemClock,
      random: Math.random,
      poolEvents: () => noPoolEvents,
      limitEvents: toldToNobody,
      words: { lines() {}, heard() {} },
      announce: (tell) => announced.push(tell),
    });
    t.teardown(() => scheduler.close());
    const place = scheduler.placeOf(first, first.tenants.find(({ name }) => name === "leaves")!);
    for (const plan of [
      first,
      planOf(folder, sceneCatalog({}, 9)),
      planOf(folder, sceneCatalog({ more: tenantDocument("comes") }, 9)),
    ])
      await scheduler.adopt(plan, null);

    const lanes = new SharedLanes(memory.parts, 1);
    for (const tell of announced) if (tell.kind === "lanes") lanes.add(tell.segment);
    const counts = lanes.counts(place);
    counts.wait();
    const thread = { part: 1, logins: scheduler.newDesk(), tell: (tell: FromScheduler["tells"]) => told.push(tell) };
    const pool = announced.find(({ kind }) => kind === "pool") as { readonly pool: number };
    const asked = {
      pool: pool.pool,
      request: 7,
      place,
      tenant: "leaves",
      rule: ruleNames.indexOf("app"),
      client: "192.0.2.1",
    };
    scheduler.listenerOf(thread as unknown as EdgeThread).told({ kind: "wait", ...asked });
    t.strictSame(told, [{ kind: "refused", pool: pool.pool, request: 7, code: "no_healthy_upstream" }]);
    t.notOk(counts.waited, "when the tenant comes back, its requests need not ask");
  },
);

t.test("a question that the scheduler fails at ends its request, and is told as a fault", async (t) => {
  const edge = await startThreads({ catalog: sceneCatalog({}, 9) }, 2);
  t.teardown(() => edge.close());
  t.intercept(SocketCounts.prototype, "open", {
    value: () => {
      throw new Error("it cannot count");
    },
  });
  const client = await LiveClient.open(edge.port);
  t.teardown(() => client.reset());
  t.match(await client.send(upgrade()).responses(1), [{ status: 500 }]);
  await until("it is told", () => edge.faults.length > 0);
  t.match(edge.faults, [{ step: "concurrency", cause: { message: "it cannot count" } }]);
});
