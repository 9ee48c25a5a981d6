/** Whatever is done to bodies in whatever order: what was sent is what is read, and the budgets end at zero. */
import fc from "fast-check";
import t from "tap";
import { BodyStore, ownBodies, StoredBody } from "../../src/router/http1/body-store.ts";
import { contentOf, openBodyFiles } from "../support/stored-body.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const BODIES = 4;

type Operation = readonly [kind: "append" | "turn" | "complete" | "release", body: number, bytes: number];
const operation: fc.Arbitrary<Operation> = fc.tuple(
  fc.constantFrom("append", "append", "append", "append", "turn", "complete", "release"),
  fc.nat(BODIES - 1),
  fc.oneof(fc.nat(40), fc.nat(5000), fc.nat(200_000)),
);

/** One body and what is known of it from outside. */
class Watched {
  readonly body: StoredBody;
  sent: Buffer[] = [];
  state: "open" | "refused" | "complete" | "released" = "open";
  /** Settles when a completed body was read back: whether it held what was sent. */
  intact: Promise<boolean> = Promise.resolve(true);

  constructor(store: BodyStore) {
    this.body = new StoredBody(store);
  }

  append(bytes: Buffer): void {
    if (this.state !== "open") return;
    this.sent.push(bytes);
    if (this.body.append(bytes) === "none") this.state = "refused";
  }

  complete(): void {
    if (this.state !== "open") return;
    this.state = "complete";
    this.intact = new Promise((resolve) => {
      this.#abandoned = () => resolve(true);
      this.body.complete((fault) => {
        if (fault === null) void this.#readBack().then(resolve);
        else resolve(/budget/.test(fault.message));
      });
    });
  }

  #abandoned = () => {};

  async #readBack(): Promise<boolean> {
    return (await contentOf(this.body)).equals(Buffer.concat(this.sent));
  }

  release(): void {
    this.state = "released";
    this.body.release();
    this.#abandoned();
  }
}

async function holds(operations: readonly Operation[], store: BodyStore): Promise<boolean> {
  const bodies = Array.from({ length: BODIES }, () => new Watched(store));
  let negative = false;
  for (const [i, [kind, at, bytes]] of operations.entries()) {
    const watched = bodies[at]!;
    if (kind === "append") watched.append(Buffer.alloc(bytes, i + 1));
    else if (kind === "turn") await new Promise((resolve) => setTimeout(resolve, bytes % 3));
    else watched[kind]();
    negative ||= store.memory.bytes < 0 || store.disk.bytes < 0;
  }
  for (const watched of bodies) watched.complete();
  const intact = await Promise.all(bodies.map((watched) => watched.intact));
  for (const watched of bodies) watched.release();
  return !negative && intact.every(Boolean) && store.memory.bytes === 0 && store.disk.bytes === 0;
}

let spilled = 0;
const property = fc.asyncProperty(
  fc.array(operation, { maxLength: 40, size: "max" }),
  fc.constantFrom(0, 100, 5000, 100_000),
  fc.constantFrom(300_000, 10_000_000),
  async (operations, memoryBytesMax, budget) => {
    const directory = t.testdirName;
    const settings = { memoryBytesMax, memoryBudgetBytes: budget, diskBudgetBytes: budget, directory };
    const store = new BodyStore(settings, ownBodies(), () => spilled++);
    return await holds(operations, store);
  },
);

t.testdir({});
const details = await fc.check(property, { seed, numRuns: 300 });
t.notOk(details.failed, `bodies are intact and budgets end at zero, seed ${seed}`, {
  counterexample: JSON.stringify(details.counterexample),
});
t.ok(spilled > 100, "enough bodies went to files to prove something", { spilled });
await new Promise((resolve) => setTimeout(resolve, 50));
t.equal(openBodyFiles(), 0, "no file stays open");
