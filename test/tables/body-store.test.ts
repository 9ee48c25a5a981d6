import fs from "node:fs";
import t from "tap";
import { BodyStore, ownBodies, StoredBody } from "../../src/router/http1/body-store.ts";
import { fsError, replaceFs } from "../support/faulty-fs.ts";
import { until } from "../support/live-client.ts";
import { contentOf, openBodyFiles } from "../support/stored-body.ts";

const MIB = 2 ** 20;
const roomy = { memoryBytesMax: 100_000, memoryBudgetBytes: 64 * MIB, diskBudgetBytes: 64 * MIB, directory: "" };
const counters = (store: BodyStore) => [store.memory.bytes, store.disk.bytes];
const completed = (body: StoredBody) =>
  new Promise<string>((resolve) => body.complete((fault) => resolve(fault?.message ?? "")));

t.test("in memory", async (t) => {
  const store = new BodyStore(roomy);
  const body = new StoredBody(store);
  t.equal(body.append(Buffer.from("hel")), "room", "a small piece has room");
  t.equal(body.append(Buffer.from("__lo__"), 2, 4), "room", "a part of a piece too");
  t.equal(await completed(body), "", "it is complete at once");
  t.equal(Buffer.concat([...body.blocks()!]).toString(), "hello", "and in order");
  t.strictSame(counters(store), [4096, 0], "its whole block is counted");
  body.release();
  body.release();
  t.strictSame(counters(store), [0, 0], "and given back once");
});

t.test("kept whole", async (t) => {
  const store = new BodyStore(roomy);
  const body = new StoredBody(store);
  const read = Buffer.alloc(65_536, "x");
  t.equal(body.keepWhole(read.subarray(65_530)), "room", "a piece of a read is copied");
  t.strictSame(counters(store), [6, 0], "and counted as what it is");
  read.fill("y");
  t.equal(body.blocks()![0]!.toString(), "xxxxxx", "the next read does not change it");
  body.release();
  t.strictSame(counters(store), [0, 0], "and given back");
  const large = new StoredBody(new BodyStore({ ...roomy, memoryBytesMax: 5 }));
  large.keepWhole(read.subarray(65_530));
  t.equal(large.blocks(), null, "what is larger than memory allows goes to a file like any other");
  large.release();
});

const refusals: ReadonlyArray<readonly [rule: string, settings: Partial<typeof roomy>, piece: number, pieces: number]> =
  [
    ["no memory for a block", { memoryBudgetBytes: 4095 }, 1, 1],
    ["no memory for the second block", { memoryBudgetBytes: 69_631 }, 4096, 2],
    ["no disk", { diskBudgetBytes: 100_000 }, 100_001, 1],
    ["no disk for what follows", { diskBudgetBytes: 200_000 }, 100_001, 3],
  ];
for (const [rule, settings, piece, pieces] of refusals) {
  const store = new BodyStore({ ...roomy, ...settings });
  const body = new StoredBody(store);
  const rooms = Array.from({ length: pieces }, () => body.append(Buffer.alloc(piece)));
  t.equal(rooms.at(-1), "none", `refused: ${rule}`);
  body.release();
  t.strictSame(counters(store), [0, 0], `refused: ${rule}: nothing is kept`);
}

t.test("the last bytes count against the disk's budget too", async (t) => {
  const store = new BodyStore({ ...roomy, diskBudgetBytes: 100_001 });
  const body = new StoredBody(store);
  body.append(Buffer.alloc(100_001));
  body.append(Buffer.alloc(10));
  t.match(await completed(body), /budget/, "ten bytes are too many");
  body.release();
  t.strictSame(counters(store), [0, 0], "nothing is kept");
});

t.test("in a file", async (t) => {
  const directory = t.testdir({});
  let spills = 0;
  const store = new BodyStore({ ...roomy, directory }, ownBodies(), () => spills++);
  const body = new StoredBody(store);
  const sent = Buffer.from(Array.from({ length: 400_000 }, (_, i) => i % 251));
  const rooms = [];
  for (let i = 0; i < sent.length; i += 50_000) rooms.push(body.append(sent, i, i + 50_000));
  t.ok(rooms.includes("pause"), "the client is paused while the disk is behind");
  t.equal(await completed(body), "", "it is complete");
  t.equal(body.blocks(), null, "it is in a file");
  t.equal(openBodyFiles(), 1, "which is open");
  t.strictSame(counters(store), [0, 400_000], "memory is free again");
  t.strictSame(fs.readdirSync(directory), [], "the file has no name");
  t.ok((await contentOf(body)).equals(sent), "and holds what was sent");
  t.equal(spills, 1, "it is told");
  body.release();
  t.strictSame(counters(store), [0, 0], "disk is free again");
  await until("the descriptor is closed", () => openBodyFiles() === 0);
});

t.test("a pause ends when the disk has caught up", async (t) => {
  const body = new StoredBody(new BodyStore(roomy));
  t.equal(body.append(Buffer.alloc(400_000)), "pause", "more than may wait");
  t.equal(await new Promise((resolve) => { body.onRoom = resolve; }), null, "then there is room");
  body.release();
}); // biome-ignore format: one row, one line

type Callback = (fault: Error | null, value?: unknown) => void;
const failing =
  (code: string) =>
  (...args: unknown[]) =>
    setImmediate(args.at(-1) as Callback, fsError(code), 0);
const failures: ReadonlyArray<readonly [rule: string, replacements: Parameters<typeof replaceFs>[0], message: string]> =
  [
    ["no descriptor is left", { open: failing("EMFILE") }, "EMFILE"],
    ["the disk is full", { write: failing("ENOSPC") }, "ENOSPC"],
    ["the file keeps its name", { unlink: failing("EPERM") }, "EPERM"],
  ];
for (const [rule, replacements, message] of failures) {
  t.test(`a fault of the disk: ${rule}`, async (t) => {
    const directory = t.testdir({});
      const restore = replaceFs(replacements);
    t.teardown(restore);
    const store = new BodyStore({ ...roomy, directory });
    const paused = new StoredBody(store);
    t.equal(paused.append(Buffer.alloc(400_000)), "pause", "the client is paused");
    const fault = await new Promise<Error | null>((resolve) => { paused.onRoom = resolve; });
    t.equal(fault?.message, message, "and hears of it");
    t.equal(paused.append(Buffer.alloc(1)), "none", "further bytes are refused");
    t.equal(await completed(paused), message, "completing fails at once, it does not hang");
    const hurried = new StoredBody(store);
    hurried.append(Buffer.alloc(100_001));
    t.equal(await completed(hurried), message, "a body that was complete before fails too");
    const gone = new StoredBody(store);
    gone.append(Buffer.alloc(100_001));
    gone.complete(() => t.fail("a released body hears nothing"));
    for (const body of [paused, hurried, gone]) body.release();
    t.strictSame(counters(store), [0, 0], "nothing is kept");
    await until("no descriptor is kept", () => openBodyFiles() === 0);
  }); // biome-ignore format: one row, one line
}
t.test("a directory that does not exist", async (t) => {
  const body = new StoredBody(new BodyStore({ ...roomy, directory: `${t.testdir({})}/none` }));
  body.append(Buffer.alloc(100_001));
  t.match(await completed(body), /ENOENT/, "the body fails");
  body.release();
});

t.test("a descriptor is closed only when nothing uses it", async (t) => {
  const log: string[] = [];
  const { read, write, close } = fs;
  // While this is a list, operations end when the test lets them.
  let held: (() => void)[] | null = null;
  const logged = (name: string, original: (...args: never[]) => void) => (...args: unknown[]) => {
    log.push(`${name} begins`);
    const done = args.at(-1) as Callback;
    const ended: Callback = (fault, value) => {
      const tell = () => { log.push(`${name} ends`); done(fault, value); };
      if (held === null) tell(); else held.push(tell);
    };
    (original as (...all: unknown[]) => void)(...args.slice(0, -1), ended);
  };
  const letOneEnd = async () => {
    await until("an operation to end", () => held!.length === 1);
    held!.pop()!();
  };
  t.teardown(replaceFs({ read: logged("read", read), write: logged("write", write), close: logged("close", close) }));
  const store = new BodyStore(roomy);
  const body = new StoredBody(store);
  body.append(Buffer.alloc(100_001));
  await completed(body);
  log.length = 0;
  held = [];
  body.readAt(0, () => t.fail("a released body hears nothing"));
  body.release();
  await letOneEnd();
  await letOneEnd();
  t.strictSame(log, ["read begins", "read ends", "close begins", "close ends"], "a read runs to its end first");
  const writing = new StoredBody(store);
  writing.append(Buffer.alloc(300_000));
  await until("a write", () => held!.length === 1);
  log.length = 0;
  writing.release();
  t.strictSame(counters(store), [0, 0], "budgets are given back at once");
  await letOneEnd();
  await letOneEnd();
  t.strictSame(log, ["write ends", "close begins", "close ends"], "so does a write, and no other begins");
}); // biome-ignore format: one row, one line
