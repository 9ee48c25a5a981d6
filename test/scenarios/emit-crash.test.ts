import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { recover, workFolderOf } from "../../src/gateway-api/tree/work-folder.ts";
import { writeTree } from "../../src/gateway-api/tree/write-tree.ts";
import { temporaryFolder } from "../support/cli.ts";
import { generations, lookAt, put } from "../support/generated-tree.ts";

const writer = join(import.meta.dirname, "../support/tree-writer.ts");
const root = temporaryFolder(t);
const foreign = [
  ["README.md", "mine\n"],
  ["tenants/patch.yaml", "mine: too\n"],
] as const;

/** A folder of its own for one try; `old` is what is in its `out`. */
async function prepare(name: string, start: "nothing" | "generation a"): Promise<string> {
  const out = join(root, name, "out");
  put(join(root, name), []);
  if (start === "nothing") return out;
  put(out, foreign);
  symlinkSync("README.md", join(out, "link"));
  await writeTree(out, generations.a);
  return out;
}

/** Writes `b` in a process that is killed before change number `at`; whether it was. */
async function killedAt(out: string, at: number): Promise<boolean> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [writer, out, String(at)], {
    env: { PATH },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code, signal] = await once(child, "close");
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`the writer ended with ${code ?? signal}`);
  return signal === "SIGKILL";
}

for (const start of ["nothing", "generation a"] as const) {
  t.test(`killed before any change of the file system, from ${start}`, async (t) => {
    const before = lookAt(await prepare(`${start} before`, start));
    const whole = await prepare(`${start} whole`, start);
    await writeTree(whole, generations.b);
    const after = lookAt(whole);
    t.notSame(before, after, "there is something to do");
    const nameOf = (state: unknown): string => {
      const text = JSON.stringify(state);
      return text === JSON.stringify(before) ? "old" : text === JSON.stringify(after) ? "new" : `mixed: ${text}`;
    };

    const seen: { at: number; raw: string; recovered: string }[] = [];
    for (let at = 0, killed = true; killed; at++) {
      const out = await prepare(`${start} ${at}`, start);
      killed = await killedAt(out, at);
      const raw = lookAt(out) === null ? "none" : nameOf(lookAt(out));
      recover(workFolderOf(out));
      seen.push({ at, raw, recovered: nameOf(lookAt(out)) });
      await writeTree(out, generations.b);
      t.same(
        [nameOf(lookAt(out)), readdirSync(join(out, ".."))],
        ["new", ["out"]],
        `killed at ${at}: the next run is whole`,
      );
    }
    t.ok(seen.length > 15, `${seen.length} points`);
    t.same(
      seen.filter(({ recovered }) => recovered !== "old" && recovered !== "new"),
      [],
      "the next look finds the old tree or the new one",
    );
    const none = seen.filter(({ raw }) => raw === "none").length;
    t.same(
      seen.filter(({ raw }) => raw.startsWith("mixed")),
      [],
      "nobody ever sees a part of one",
    );
    t.ok(start === "nothing" ? none > 1 : none === 1, `there is none at ${none} points: between the two renames`);
    t.same([...new Set(seen.map(({ recovered }) => recovered))], ["old", "new"], "first the old one, then the new one");
  });
}
