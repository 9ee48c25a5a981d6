/** Threads that live and do nothing, and threads that begin while the process ends. */
import t, { type Test } from "tap";
import { holdingWorker } from "../support/held-worker.ts";
import { LiveClient, request, until } from "../support/live-client.ts";
import { echoScript, startRecordingWorker, type WorkerScript } from "../support/recording-worker.ts";
import { answeringChecks, sceneCatalog, tenantDocument } from "../support/scene.ts";
import { STOP } from "../support/stopping-thread.ts";
import { ThreadScene } from "../support/thread-scene.ts";
import { startThreads } from "../support/threads.ts";

const program = new URL("../support/stopping-thread.ts", import.meta.url);

/** An edge of two threads that can be stopped; one that answers nothing for `stuckMs` is to be ended. New ones begin when `mayBegin` is 1. */
function scenario(
  rule: string,
  { stuckMs, script = echoScript }: { readonly stuckMs: number; readonly script?: WorkerScript },
  play: (scene: ThreadScene, mayBegin: Int32Array, t: Test) => Promise<void>,
): void {
  t.test(rule, async (t) => {
    const mayBegin = new Int32Array(new SharedArrayBuffer(4)).fill(1);
    const worker = await startRecordingWorker(answeringChecks(script));
    const catalog = sceneCatalog({}, worker.port);
    const edge = await startThreads({ catalog }, 2, { next: program, stuckMs, data: { mayBegin } });
    const scene = new ThreadScene(worker, edge);
    try {
      await play(scene, mayBegin, t);
      t.strictSame(edge.faults, [], "no fault");
    } finally {
      scene.leave();
      await edge.close();
      await worker.close();
    }
  });
}

const STUCK_MS = 2_000;
scenario(
  "a thread that is stuck is ended and replaced, and plans go on",
  { stuckMs: STUCK_MS },
  async (scene, _, t) => {
    const client = await scene.clientOf(1);
    scene.edge.workers.get(1)!.postMessage(STOP);
    client.send(request("GET /"));
    await scene.edge.reload(sceneCatalog({ more: tenantDocument("fresh") }, scene.worker.port));
    t.ok(await client.end(), "its clients see the end");
    await until("it is replaced", () => scene.edge.told.includes("replaced 1"));
    t.strictSame(scene.edge.told, ["died 1", "replaced 1"]);
    for (const fresh of await scene.clients(1)) {
      t.match(await fresh.send(request("GET /", ["Host: fresh.example"])).responses(1), [{ status: 200 }]);
    }
    await scene.calm();
  },
);

const NEVER_MS = 600_000;
scenario("a drain does not wait for a thread that is stuck", { stuckMs: NEVER_MS }, async (scene, _, t) => {
  scene.edge.workers.get(2)!.postMessage(STOP);
  t.equal(await scene.edge.edge.drain({ graceMs: 0, deadlineMs: 100 }), false);
});

const held = holdingWorker();
scenario(
  "a thread that begins while the process ends opens nothing",
  { stuckMs: NEVER_MS, script: held.script },
  async (scene, mayBegin, t) => {
    const busy = await scene.clientOf(2);
    busy.send(request("GET /busy"));
    await until("it is in flight", () => scene.arrived.length === 1);
    Atomics.store(mayBegin, 0, 0);
    const first = scene.edge.workers.get(1)!;
    await first.terminate();
    await until("another one is made", () => scene.edge.workers.get(1) !== first);
    const next = scene.edge.workers.get(1)!;
    let ended = false;
    next.once("exit", () => {
      ended = true;
    });
    const drain = scene.edge.edge.drain({ graceMs: 0, deadlineMs: 20_000 });
    Atomics.store(mayBegin, 0, 1);
    Atomics.notify(mayBegin, 0);
    await until("it ended, or serves", () => ended || scene.edge.told.includes("replaced 1"));
    await t.rejects(LiveClient.open(scene.edge.port), { code: "ECONNREFUSED" });
    await held.free();
    t.match(await busy.responses(1), [{ status: 200, closes: true }]);
    await drain;
  },
);
