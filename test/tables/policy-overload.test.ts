import t from "tap";
import { metricTable } from "../../src/metrics/table.ts";
import {
  type OverloadLevel,
  overloadLevel,
  overloadResources,
  overloadStages,
  type SheddableRequest,
  shedAt,
} from "../../src/policy/limits/overload.ts";

const levels: ReadonlyArray<readonly [load: number, start: number, before: OverloadLevel, want: OverloadLevel]> = [
  [0, 0.8, 0, 0],
  [0.79, 0.8, 0, 0],
  [0.8, 0.8, 0, 1],
  [0.85, 0.8, 0, 2],
  [0.9, 0.8, 0, 3],
  [0.95, 0.8, 0, 4],
  [9, 0.8, 0, 4],
  [0.76, 0.8, 1, 1],
  [0.74, 0.8, 1, 0],
  [0.81, 0.8, 2, 2],
  [0.79, 0.8, 2, 1],
  [0.1, 0.8, 4, 0],
  [0.99, 1, 0, 0],
  [1, 1, 0, 4],
  [0.96, 1, 4, 4],
  [0.01, 0.01, 0, 1],
  [Number.NaN, 0.8, 3, 0],
  [Number.POSITIVE_INFINITY, 0.8, 0, 4],
];
for (const [load, start, before, want] of levels) {
  t.equal(overloadLevel(load, start, before), want, `load ${load} from ${start}, level ${before} before`);
}

const visitor: SheddableRequest = { rule: "app", realtime: false, internal: false, session: false };
const shed: ReadonlyArray<readonly [who: string, request: SheddableRequest, stages: string]> = [
  ["a visitor", visitor, "- - anonymous anonymous anonymous"],
  ["a visitor's image", { ...visitor, rule: "static" }, "- - - sessionless sessionless"],
  ["a login", { ...visitor, rule: "login" }, "- - - sessionless sessionless"],
  ["an API call", { ...visitor, rule: "rpc" }, "- - - sessionless sessionless"],
  ["a user", { ...visitor, session: true }, "- - - - requests"],
  ["a worker that calls back", { ...visitor, internal: true }, "- - - - -"],
  ["a WebSocket", { ...visitor, rule: "realtime", realtime: true }, "- - - - -"],
];
for (const [who, request, want] of shed) {
  const got = ([0, 1, 2, 3, 4] as const).map((level) => shedAt(level, request).replace("none", "-"));
  t.equal(got.join(" "), want, who);
}

t.strictSame(metricTable.overload_stage.labels[0].values, overloadResources, "metrics know every resource");
t.strictSame(metricTable.overload_shed_total.labels[0].values, overloadStages.slice(1), "and every stage");
