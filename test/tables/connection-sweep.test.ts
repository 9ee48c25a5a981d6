import { setImmediate as turn } from "node:timers/promises";
import t from "tap";
import type { ClientConnection } from "../../src/router/client-connection.ts";
import { ConnectionSweep } from "../../src/router/connection-sweep.ts";

/** Connections of which `overdue` act once; in place of the real ones, as only their deadlines count here. */
function connections(count: number, overdue: number) {
  const world = { looked: 0, acted: 0 };
  const all = Array.from({ length: count }, (_, i) => {
    let due = i < overdue;
    const sweep = () => {
      world.looked++;
      if (!due) return false;
      due = false;
      world.acted++;
      return true;
    };
    return { sweep } as unknown as ClientConnection;
  });
  return { world, sweep: new ConnectionSweep(all) };
}

t.test("what is overdue together is acted on in portions", async (t) => {
  const { world, sweep } = connections(100, 40);
  sweep.sweep(0);
  t.equal(world.acted, 16, "the first at once");
  sweep.sweep(0);
  t.equal(world.acted, 16, "another sweep waits for its end");
  await turn();
  t.equal(world.acted, 32, "then some more");
  await turn();
  t.strictSame(world, { looked: 100, acted: 40 }, "until all were looked at once");
  sweep.sweep(0);
  t.equal(world.looked, 200, "and the next begins anew");
});

t.test("where little is overdue one turn sees all", async (t) => {
  const { world, sweep } = connections(1000, 15);
  sweep.sweep(0);
  t.strictSame(world, { looked: 1000, acted: 15 });
});
