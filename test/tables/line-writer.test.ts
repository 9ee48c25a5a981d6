import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { LineWriter, type WriteCall } from "../../src/metrics/line-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "hostward-log-"));
t.teardown(() => rmSync(folder, { recursive: true }));

/** What a write does: takes so many bytes, fails with a code, or never comes back. */
type Act = number | string | "stuck";

/** A writer to a disk that acts by a script, and takes everything once the script is over. */
function scripted(script: readonly Act[]) {
  const acts = [...script];
  const seen = { text: "", calls: 0, dropped: 0 };
  const write: WriteCall = (_fd, buffer, offset, length, _position, done) => {
    const act = acts.shift() ?? length;
    seen.calls++;
    if (act === "stuck") return;
    const taken = typeof act === "number" ? act : 0;
    seen.text += Buffer.from(buffer.subarray(offset, offset + taken)).toString();
    setImmediate(done, typeof act === "number" ? null : Object.assign(new Error(act), { code: act }), taken);
  };
  const dropped = (lines: number) => {
    seen.dropped += lines;
  };
  return { seen, writer: new LineWriter({ path: join(folder, "scripted") }, dropped, write) };
}

const rows: readonly (readonly [rule: string, script: readonly Act[], text: string, dropped: number])[] = [
  ["lines go out in one batch", [], "one\ntwo\n", 0],
  ["a part written is continued", [1, 4], "one\ntwo\n", 0],
  ["a pipe that is full is tried again", ["EAGAIN", 3, "EAGAIN"], "one\ntwo\n", 0],
  ["a reader that is gone costs the lines", ["EPIPE"], "", 2],
  ["what was written before is not lost", [5, "EPIPE"], "one\nt", 1],
  ["a full disk costs the lines", ["ENOSPC"], "", 2],
];
for (const [rule, script, text, dropped] of rows) {
  t.test(rule, async (t) => {
    const { seen, writer } = scripted(script);
    writer.write("one\n");
    writer.write("two\n");
    await writer.close();
    t.equal(seen.text, text);
    t.equal(seen.dropped, dropped);
  });
}

t.test("the lines after a failed batch are written", async (t) => {
  const { seen, writer } = scripted(["EPIPE"]);
  const large = `${"x".repeat(65_536)}\n`;
  writer.write(large); // goes out at once
  writer.write("next\n");
  await writer.close();
  t.equal(seen.text, "next\n");
  t.equal(seen.dropped, 1);
});

t.test("a reader that stands still costs lines, not memory, and does not hold up the end", async (t) => {
  const { seen, writer } = scripted(["stuck"]);
  const line = `${"x".repeat(1023)}\n`;
  for (let i = 0; i < 20_000; i++) writer.write(line);
  const kept = 20_000 - seen.dropped;
  t.ok(kept * line.length < 5 * 1024 * 1024, "what waits is bounded");
  t.ok(kept > 1000, "some do wait");
  await writer.close();
  t.equal(seen.dropped, 20_000, "each line that was lost is counted");
  t.equal(seen.calls, 1, "one write at a time");
});

t.test("what came while a write was in flight waits for its own batch to be large or old", async (t) => {
  const { seen, writer } = scripted([]);
  writer.write(`${"x".repeat(65_536)}\n`); // goes out at once
  writer.write("a few\n");
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  t.equal(seen.calls, 1, "a short batch is not hurried by the end of the one before");
  writer.write(`${"y".repeat(65_536)}\n`);
  t.equal(seen.calls, 2, "a large one goes out");
  writer.write("and the rest\n");
  await writer.close();
  t.equal(seen.text, `${"x".repeat(65_536)}\na few\n${"y".repeat(65_536)}\nand the rest\n`);
});

t.test("lines after the end are counted as lost", async (t) => {
  const { seen, writer } = scripted([]);
  await writer.close();
  await writer.close();
  writer.write("late\n");
  t.equal(seen.dropped, 1);
});

t.test("lines keep their order through many batches", async (t) => {
  const path = join(folder, "order.log");
  const writer = new LineWriter({ path }, () => {});
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} é\n`);
  for (const line of lines) writer.write(line);
  await writer.close();
  t.equal(readFileSync(path, "utf8"), lines.join(""));
});

t.test("reopen follows a rename", async (t) => {
  const path = join(folder, "access.log");
  const writer = new LineWriter({ path }, () => {});
  writer.write(`${"x".repeat(65_536)}\n`); // in flight
  renameSync(path, `${path}.1`);
  writer.reopen();
  writer.write("after\n");
  await writer.close();
  t.equal(readFileSync(`${path}.1`, "utf8").length, 65_537);
  t.equal(readFileSync(path, "utf8"), "after\n");
});

t.test("a reopen that fails keeps the file in use", async (t) => {
  const path = join(folder, "gone", "access.log");
  t.throws(() => new LineWriter({ path }, () => {}), { code: "ENOENT" }, "a folder that does not exist");
  const other = mkdtempSync(join(folder, "d-"));
  const writer = new LineWriter({ path: join(other, "access.log") }, () => {});
  renameSync(other, `${other}.moved`);
  t.throws(() => writer.reopen(), { code: "ENOENT" });
  writer.write("still here\n");
  await writer.close();
  t.equal(readFileSync(join(`${other}.moved`, "access.log"), "utf8"), "still here\n");
  t.notOk(existsSync(other));
});

t.test("lines that another thread made keep their place, and are dropped and counted together", async (t) => {
  const { seen, writer } = scripted(["stuck"]);
  writer.write("one\n");
  writer.writeLines(Buffer.from("two\nthree\n"));
  writer.write("four\n");
  await writer.close();
  t.strictSame([seen.text, seen.dropped], ["", 4], "nothing could be written: each line is counted");
  writer.writeLines(Buffer.from("five\nsix\n"));
  t.equal(seen.dropped, 6, "and those that come too late");
  const fine = scripted([]);
  fine.writer.write("one\n");
  fine.writer.writeLines(Buffer.from("two\nthree\n"));
  fine.writer.write("four\n");
  await fine.writer.close();
  t.equal(fine.seen.text, "one\ntwo\nthree\nfour\n");
});
