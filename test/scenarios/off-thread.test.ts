import { join } from "node:path";
import t from "tap";
import { checkCatalog } from "../../src/plan/check.ts";
import { compileOffThread } from "../../src/plan/off-thread.ts";
import { sliceCatalog } from "../../src/plan/slices.ts";

const TENANTS = 250;

const head = `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: edge }
spec: { listeners: [{ name: http, address: 127.0.0.1, port: 8080 }] }
---
apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: odoo-18, namespace: odoo-v18 }
spec: { odoo: "18.0", dbfilter: "^%h$", workers: 8 }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: pro }
`;
const tenant = (i: number, pool: string): string => `---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: t${i} }
spec: { hostname: t${i}.example, pool: ${pool}, tier: pro }
`;
const catalog = (pool: string): string => head + Array.from({ length: TENANTS }, (_, i) => tenant(i, pool)).join("");
const folder = t.testdir({ "good.yaml": catalog("odoo-18"), "bad.yaml": catalog("odoo-81") });

t.test("a plan from another thread is the plan of this one, frozen", async (t) => {
  const layers = [join(folder, "good.yaml")];
  const [direct, threaded] = [checkCatalog(layers), await compileOffThread(layers)];
  t.equal(direct.plan?.tenants.length, TENANTS);
  t.equal(JSON.stringify(threaded), JSON.stringify(direct));
  t.ok(Object.isFrozen(threaded.plan?.tenants), "the list is frozen");
  t.ok(Object.isFrozen(threaded.plan?.tenants[TENANTS - 1]?.access.allow), "what is in it is frozen");
});

t.test("problems come over in slices, all of them", async (t) => {
  const layers = [join(folder, "bad.yaml")];
  const [direct, threaded] = [checkCatalog(layers), await compileOffThread(layers)];
  t.ok(threaded.problems.length >= TENANTS, "one for each tenant");
  t.same(threaded, direct);
});

t.test("a slice holds at most a hundred tenants", async (t) => {
  const slices = [...sliceCatalog(checkCatalog([join(folder, "good.yaml")]))];
  t.same(
    slices.map((slice) => (slice.kind === "tenants" ? slice.tenants.length : slice.kind)),
    ["plan", 100, 100, 50, "end"],
  );
});

t.test("the calling thread's event loop turns while a catalog compiles", async (t) => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await compileOffThread([join(folder, "good.yaml")]);
  clearInterval(timer);
  t.ok(turns > 10, `${turns} turns`);
});

t.test("what breaks the worker is a problem, not a crash", async (t) => {
  const { plan, problems } = await compileOffThread([null as unknown as string]);
  t.equal(plan, undefined);
  t.match(problems, [{ severity: "error", hint: String }]);
});
