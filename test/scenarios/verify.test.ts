import { connect, createServer } from "node:net";
import t from "tap";
import { listen } from "../../src/demo/listen.ts";
import type { DemoWorkersOptions } from "../../src/demo/worker.ts";
import { verify } from "../../src/verify/run.ts";
import { startTestEdge } from "../support/edge.ts";
import { workersFor } from "../support/odoo.ts";
import { catalogFor, idsOf, targetAt } from "../support/verify.ts";

/** What a bare Odoo of any version violates, with `dbfilter` and everything else as documented. */
const violatedBare: ReadonlyArray<readonly [rule: string, ids: string]> = [
  [
    "the database manager is open, however it is spelled",
    "manager.absolute-form manager.encoded-letter manager.encoded-slash manager.fragment manager.language " +
      "manager.language-slashes manager.no-slash manager.plain manager.slashes manager.trailing-slash",
  ],
  [
    "RPC opens any database",
    "rpc.containers rpc.entities rpc.escapes rpc.exists rpc.json-login rpc.language rpc.method rpc.spelling " +
      "rpc.xml-login",
  ],
  ["also the other tenant's", "other.exists other.json-login other.xml-login"],
  [
    "any host is served",
    "host.absolute-form host.address host.ambiguous host.missing host.repeated host.selector host.unknown",
  ],
  [
    "a client chooses the host",
    "identity.connection identity.folded identity.forwarded-host identity.underscore other.connection other.folded " +
      "other.forwarded-host other.underscore",
  ],
  [
    "framing is read generously",
    "framing.bare-cr framing.bare-lf framing.both framing.chunk-lf framing.chunk-size framing.codings " +
      "framing.folding framing.length-grammar framing.lengths framing.space-before-colon version.http-1.0",
  ],
  ["any method is served", "method.connect method.trace method.unknown"],
  [
    "any number of cookies and logins is taken, and the server tells its version",
    "cookie.repeated disclosure.server limit.login",
  ],
];
const always = violatedBare.flatMap(([, ids]) => ids.split(" "));
const lists = ["manager.list", "rpc.json-list", "rpc.xml-list"];

const bare: ReadonlyArray<
  readonly [rule: string, odoo: string, more: readonly string[], options: Partial<DemoWorkersOptions>]
> = [
  [
    "15: the web client's login enters any database",
    "15.0",
    [...lists, "rpc.session-login", "other.session-login"],
    {},
  ],
  ["17: that login looks at the host", "17.0", lists, {}],
  ["19: X-Odoo-Database counts", "19.0", [...lists, "identity.odoo-database", "other.odoo-database"], {}],
  ["list_db=False hides lists, and nothing else", "17.0", [], { listDb: false }],
];
t.test("bare workers", async (t) => {
  t.jobs = bare.length;
  for (const [rule, odoo, more, options] of bare) {
    t.test(rule, async (t) => {
      const workers = await workersFor(t, odoo, "^%h$", options);
      const report = await verify(targetAt(workers.httpPort), 200);
      t.same(idsOf(report, "violated"), [...always, ...more].toSorted());
    });
  }
});

const tight: ReadonlyArray<readonly [rule: string, odoo: string, unknown: readonly string[]]> = [
  ["everything holds before 15", "15.0", ["websocket.origin"]],
  ["everything holds before 17", "17.0", []],
  ["before 19 a session id in a query is nobody's", "19.0", ["cookie.query"]],
];
t.test("this edge", async (t) => {
  t.jobs = tight.length;
  for (const [rule, odoo, unknown] of tight) {
    t.test(rule, async (t) => {
      const workers = await workersFor(t, odoo, "^%h$");
      const edge = await startTestEdge({ catalog: catalogFor(workers, odoo) });
      t.teardown(() => edge.close());
      const report = await verify(targetAt(edge.port), 90);
      t.same(idsOf(report, "violated"), [], "nothing is violated");
      t.same(idsOf(report, "unknown"), unknown, "and nothing else is left open");
      t.ok(report.durationMs >= ((report.requests - 1) * 1000) / 90, "no faster than it was told");
      t.same(edge.faults, [], "no probe makes the edge fail");
    });
  }
});

t.test("an edge that goes down meanwhile holds nothing", async (t) => {
  const workers = await workersFor(t, "17.0", "^%h$");
  let connections = 0;
  const relay = await listen(
    createServer((client) => {
      if (++connections > 50) return client.destroy();
      const worker = connect(workers.httpPort, "127.0.0.1");
      client
        .on("error", () => worker.destroy())
        .pipe(worker.on("error", () => client.destroy()))
        .pipe(client);
    }),
    "127.0.0.1",
    0,
  );
  t.teardown(() => relay.close());
  await t.rejects(verify(targetAt(relay.port), 200), { name: "NotOdooError", message: /closed without an answer/ });
});
