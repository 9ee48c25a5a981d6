import t from "tap";
import { progressLine, showProgress } from "../../src/cli/bench/progress.ts";

const leg = { target: "edge", pair: 1, pairs: 5 };
const rows: ReadonlyArray<readonly [rule: string, leftSeconds: number, columns: number, want: string]> = [
  ["how long, and what", 95.2, 80, "1m36s left: measuring edge, pair 2 of 5"],
  ["never less than nothing", -3, 80, "0s left: measuring edge, pair 2 of 5"],
  ["no longer than the terminal is wide", 95, 20, "1m35s left: measur…"],
  ["a terminal of no width", 95, 0, "…"],
];
for (const [rule, leftSeconds, columns, want] of rows) t.equal(progressLine(leg, leftSeconds, columns), want, rule);

const run = { targets: ["a", "b"], pairs: 2, warmupSeconds: 1, seconds: 4 };
const written: string[] = [];
const terminal = (isTTY: boolean) => ({ isTTY, columns: 80, write: (text: string) => written.push(text) > 0 });

const shown = showProgress(run, terminal(true));
shown.told({ target: "a", pair: 0, pairs: 2 });
shown.told({ target: "b", pair: 0, pairs: 2 });
shown.end();
t.same(
  written.splice(0),
  ["\r\u001b[K20s left: measuring a, pair 1 of 2", "\r\u001b[K15s left: measuring b, pair 1 of 2", "\r\u001b[K"],
  "one line that is written over, and gone in the end",
);

const silent = showProgress(run, terminal(false));
silent.told({ target: "a", pair: 0, pairs: 2 });
silent.end();
t.same(written, [], "nothing where nobody looks");
