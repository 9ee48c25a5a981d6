import { readFileSync } from "node:fs";
import t from "tap";
import { goalsOf, type Verdict } from "../../bench/peers/page/goals.ts";
import { replaceMeasured, table } from "../../bench/peers/page/markdown.ts";
import { renderPage } from "../../bench/peers/page/write-page.ts";
import { readPeersResult } from "../../bench/peers/read-peers-result.ts";
import type { FiguresResult, Measured, PeerFigures, PeersResult } from "../../bench/peers/results.ts";
import { ratios, spreadOf } from "../../bench/peers/spread.ts";

const page = "by hand\n<!-- measured: a -->\nold\n<!-- end -->\nby hand too\n<!-- measured: b -->\n<!-- end -->\n";
t.equal(
  replaceMeasured(page, { a: "new", b: "x" }),
  "by hand\n<!-- measured: a -->\nnew\n<!-- end -->\nby hand too\n<!-- measured: b -->\nx\n<!-- end -->\n",
  "marked parts are replaced, all else stays",
);
const again = replaceMeasured(replaceMeasured(page, { a: "1", b: "2" }), { a: "new", b: "x" });
t.equal(again, replaceMeasured(page, { a: "new", b: "x" }), "a second time as the first");
t.throws(() => replaceMeasured(page, { a: "new" }), /place `b`/, "a place without a part");
t.throws(() => replaceMeasured(page, { a: "", b: "", c: "" }), /no place for c/, "a part without a place");
t.equal(table(["a", "b"], [["x|y", "1"]]), "| a | b |\n| --- | ---: |\n| x\\|y | 1 |", "a pipe does not end its cell");

t.strictSame(spreadOf([3, 1, 2]), { median: 2, low: 1, high: 3 });
t.throws(() => spreadOf([]), /no values/);
t.strictSame(ratios([2, 9], [1, 3]), [2, 3], "round by round");
t.throws(() => readPeersResult('{"format":"hostward-bench/1"}'), /hostward-bench\/1/, "a result of another kind");

const machine = { commit: "c", node: "v24", cpu: "x", cores: 2, memoryMiB: 1, system: "Linux" };
const measured: Measured = { startedAt: "2026-01-01T00:00:00Z", seconds: 1, quick: false, machine };
const spread = (value: number) => ({ median: value, low: value, high: value });
const peer = (name: string, ratio: number, errors = 0): PeerFigures => ({
  peer: name,
  cpuUs: spread(ratio * 10),
  ratio: spread(ratio),
  requestsPerSecond: spread(1000),
  requests: 1000,
  errors,
  connectsPerHundred: 0,
  memoryMiB: 10,
});
const withPeers = (...peers: readonly PeerFigures[]): PeersResult => {
  const cases = [{ id: "get-kept", title: "", connections: 32, rounds: 1, peers, failed: [] }];
  return { format: "hostward-peers/1", sections: { peers: { ...measured, entries: [], cases } } };
};
const withReload = (stall: number, control: number, errors: number): PeersResult => {
  const figure = (name: string, value: number) => ({ name, value, unit: "ms", errors }) as const;
  const figures = [figure("reloading: longest gap", stall), figure("control: longest gap", control)];
  const results: FiguresResult[] = [{ id: "reload", title: "", figures }];
  return { format: "hostward-peers/1", sections: { tenants: { ...measured, results } } };
};

const [nginx, http, stall, failed] = ["≤ 1.25 × nginx", "≤ 0.12 × http-proxy", "≤ 50 ms", "0"];
const rows: ReadonlyArray<readonly [rule: string, result: PeersResult, goal: string, want: Verdict]> = [
  ["within", withPeers(peer("hostward", 1.25), peer("nginx", 1)), nginx, "reached"],
  ["beyond", withPeers(peer("hostward", 1.26), peer("nginx", 1)), nginx, "missed"],
  ["errors of the edge", withPeers(peer("hostward", 1, 1), peer("nginx", 1)), nginx, "missed"],
  ["through nginx", withPeers(peer("hostward", 1.2), peer("nginx", 1), peer("http-proxy", 10)), http, "reached"],
  ["through nginx, beyond", withPeers(peer("hostward", 1.3), peer("http-proxy", 10)), http, "missed"],
  ["without the peer", withPeers(peer("hostward", 1)), nginx, "not measured"],
  ["nothing measured", { format: "hostward-peers/1", sections: {} }, nginx, "not measured"],
  ["no stall", withReload(50, 80, 0), stall, "reached"],
  ["a stall", withReload(51, 50, 0), stall, "missed"],
  ["a machine that stalls by itself", withReload(51, 51, 0), stall, "unclear"],
];
for (const [rule, result, goal, want] of rows) {
  t.equal(goalsOf(result).find((one) => one.goal === goal)?.verdict, want, rule);
}
const failures = goalsOf(withReload(1, 1, 3)).find(({ what }) => what.endsWith("failed requests"));
t.match(failures, { goal: failed, measured: "3", verdict: "missed" }, "failed requests of a reload");

const places = [...readFileSync("docs/performance.md", "utf8").matchAll(/<!-- measured: (\S+) -->/g)].map((m) => m[1]);
t.strictSame(places, [...new Set(places)], "no place stands twice in the page");

const committed = readFileSync("docs/performance.md", "utf8");
const files = renderPage(readPeersResult(readFileSync("docs/performance/results.json", "utf8")), committed);
for (const [file, text] of files) {
  t.ok(text === readFileSync(file, "utf8"), `${file.split("/docs/")[1]} is what results.json makes`);
}
