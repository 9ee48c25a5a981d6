import { AccessLog } from "../src/metrics/access-log.ts";
import { EdgeMetrics } from "../src/metrics/edge-metrics.ts";
import { LineWriter } from "../src/metrics/line-writer.ts";
import { checkCatalog } from "../src/plan/check.ts";
import { Edge } from "../src/router/edge.ts";

const { plan, problems } = checkCatalog([process.argv[2]!]);
if (!plan) {
  console.error(problems);
  process.exit(1);
}
const metrics = new EdgeMetrics();
const log = new AccessLog(new LineWriter({ path: "/tmp/edge-access.log" }, () => {}));
const quiet: any = new Proxy({}, { get: () => () => {} });
const edge = await Edge.start(plan, {
  metrics,
  reporter: {
    finished: (r) => {
      metrics.finished(r);
      log.finished(r);
    },
    fault: (s, c) => console.error(s, c),
  },
  poolEvents: () => ({
    added() {},
    removed() {},
    unresolved() {},
    addressRefused() {},
    ejected() {
      console.error("ejected");
    },
    restored() {},
    checked() {},
  }),
});
console.log(edge.addresses[0]!.port);
process.on("SIGTERM", () => {
  edge.cut();
  process.exit(0);
});
