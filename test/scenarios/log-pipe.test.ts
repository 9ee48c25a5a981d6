import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import t from "tap";

const LINES = 20_000;

/** A process that logs to its stdout, closes its log and says on stderr how many lines it lost and how long it took. */
const program = `
  import { LineWriter } from ${JSON.stringify(new URL("../../src/metrics/line-writer.ts", import.meta.url).href)};
  let dropped = 0;
  const writer = new LineWriter("stdout", (lines) => { dropped += lines; });
  for (let i = 0; i < ${LINES}; i++) {
    writer.write("x".repeat(1000) + "\\n");
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await writer.close();
  console.error(dropped);
`;

function logger() {
  return spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "pipe"] });
}

t.test("a reader that keeps up gets every line", async (t) => {
  const child = logger();
  const [out, lost] = await Promise.all([text(child.stdout), text(child.stderr)]);
  t.equal(out.length / 1001 + Number(lost), LINES, "each line was read or counted as lost");
});

t.test("a reader that goes away costs lines, not the process", async (t) => {
  const child = logger();
  child.stdout.once("data", () => child.stdout.destroy());
  const [lost, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  t.equal(code, 0);
  t.ok(Number(lost) > 1000, "lines were counted as lost");
});

t.test("a reader that stands still holds up neither the process nor its end", async (t) => {
  const child = logger();
  const exit = once(child, "exit"); // stdout is never read
  const [lost, [code]] = await Promise.all([text(child.stderr), exit]);
  child.stdout.destroy();
  t.equal(code, 0);
  t.ok(Number(lost) > 1000, "lines were counted as lost");
});
