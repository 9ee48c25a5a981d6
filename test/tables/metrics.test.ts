import t from "tap";
import { answerCodes } from "../../src/core/answers.ts";
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import { codeLabels, ruleLabels } from "../../src/metrics/labels.ts";
import { poolsMax } from "../../src/metrics/pool-names.ts";
import { observeProcess } from "../../src/metrics/process-metrics.ts";
import { renderLogReference, renderMetricsReference } from "../../src/metrics/reference.ts";
import { exposedName, metricTable } from "../../src/metrics/table.ts";
import { ruleNames } from "../../src/policy/rules.ts";
import { accessRecord } from "../support/access-record.ts";

/** The lines of one metric in the exposition, comments left out. */
async function linesOf(metrics: EdgeMetrics, name: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split("\n").filter((line) => line.startsWith(`hostward_${name}`) || line.startsWith(name));
}

t.same(ruleLabels.slice(1), ruleNames, "rule labels are the rules, in their order");
t.equal(codeLabels.indexOf("relayed"), 0, "no answer is called relayed");

t.test("records become series", async (t) => {
  const metrics = new EdgeMetrics();
  const poolIndex = metrics.poolIndex("odoo-18");
  metrics.finished(accessRecord({ poolIndex, bytesIn: 10 }));
  metrics.finished(accessRecord({ poolIndex, bytesIn: 5, workerMs: 800, totalMs: 800 }));
  metrics.finished(accessRecord({ poolIndex, ruleIndex: 1, code: "binding_lost", status: 503 }));
  const unknown = { poolIndex: 0, ruleIndex: -1, endpoint: "", bytesOut: 0, workerMs: 0 };
  metrics.finished(accessRecord({ ...unknown, code: "unknown_host", status: 404, totalMs: 0.5 }));
  metrics.finished(accessRecord({ ...unknown, code: "client_gone", status: 0 }));
  const golden: readonly (readonly [name: string, lines: readonly string[]])[] = [
    [
      "requests_total",
      [
        'hostward_requests_total{pool="-",rule="-",code="unknown_host"} 1',
        'hostward_requests_total{pool="-",rule="-",code="client_gone"} 1',
        'hostward_requests_total{pool="odoo-18",rule="rpc",code="binding_lost"} 1',
        'hostward_requests_total{pool="odoo-18",rule="static",code="relayed"} 2',
      ],
    ],
    [
      'response_status_total{pool="odoo-18"',
      [
        'hostward_response_status_total{pool="odoo-18",class="none"} 0',
        'hostward_response_status_total{pool="odoo-18",class="1xx"} 0',
        'hostward_response_status_total{pool="odoo-18",class="2xx"} 2',
        'hostward_response_status_total{pool="odoo-18",class="3xx"} 0',
        'hostward_response_status_total{pool="odoo-18",class="4xx"} 0',
        'hostward_response_status_total{pool="odoo-18",class="5xx"} 1',
      ],
    ],
    ['request_body_bytes_total{pool="odoo-18"', ['hostward_request_body_bytes_total{pool="odoo-18"} 15']],
    ['binding_lost_total{pool="odoo-18"', ['hostward_binding_lost_total{pool="odoo-18"} 1']],
    [
      'request_duration_seconds_bucket{le="0.0005"',
      [
        'hostward_request_duration_seconds_bucket{le="0.0005",pool="-",rule="-"} 1',
        'hostward_request_duration_seconds_bucket{le="0.0005",pool="odoo-18",rule="rpc"} 0',
        'hostward_request_duration_seconds_bucket{le="0.0005",pool="odoo-18",rule="static"} 0',
      ],
    ],
    [
      'request_duration_seconds_bucket{le="0.5"',
      [
        'hostward_request_duration_seconds_bucket{le="0.5",pool="-",rule="-"} 2',
        'hostward_request_duration_seconds_bucket{le="0.5",pool="odoo-18",rule="rpc"} 1',
        'hostward_request_duration_seconds_bucket{le="0.5",pool="odoo-18",rule="static"} 1',
      ],
    ],
    [
      'request_duration_seconds_bucket{le="+Inf",pool="odoo-18",rule="static"',
      ['hostward_request_duration_seconds_bucket{le="+Inf",pool="odoo-18",rule="static"} 2'],
    ],
    [
      "request_duration_seconds_sum",
      [
        'hostward_request_duration_seconds_sum{pool="-",rule="-"} 0.0135',
        'hostward_request_duration_seconds_sum{pool="odoo-18",rule="rpc"} 0.013',
        'hostward_request_duration_seconds_sum{pool="odoo-18",rule="static"} 0.813',
      ],
    ],
    ["upstream_duration_seconds_count", ['hostward_upstream_duration_seconds_count{pool="odoo-18"} 3']],
    ["queue_duration_seconds_count", ['hostward_queue_duration_seconds_count{pool="odoo-18"} 3']],
  ];
  for (const [name, lines] of golden) t.same(await linesOf(metrics, name), lines, name);
});

t.test("a tunnel counts as a request and not as a duration", async (t) => {
  const metrics = new EdgeMetrics();
  const poolIndex = metrics.poolIndex("odoo-18");
  metrics.finished(accessRecord({ poolIndex, tunnel: true, status: 101, totalMs: 3_600_000 }));
  t.equal((await linesOf(metrics, "requests_total")).length, 1);
  t.same(await linesOf(metrics, "request_duration_seconds_bucket"), []);
});

t.test("every answer has a series of its own", async (t) => {
  const metrics = new EdgeMetrics();
  for (const code of answerCodes) metrics.finished(accessRecord({ poolIndex: 0, code }));
  const lines = await linesOf(metrics, "requests_total");
  t.same(
    lines.map((line) => /code="(\w+)"\} 1$/.exec(line)?.[1]),
    answerCodes,
  );
});

t.test("pools", async (t) => {
  const metrics = new EdgeMetrics();
  t.equal(metrics.poolIndex(""), 0, "no pool is index 0");
  const first = metrics.poolIndex("odoo-17");
  metrics.increment("retries_total", 3, first);
  const many = Array.from({ length: 300 }, (_, i) => metrics.poolIndex(`pool-${i}`));
  t.equal(metrics.poolIndex("odoo-17"), first, "an index is stable");
  t.equal(new Set(many).size, poolsMax, "named pools are bounded");
  t.equal(many.at(-1), 1, "pools over the bound share one index");
  metrics.increment("retries_total", 1, many.at(-1) as number);
  const lines = await linesOf(metrics, "retries_total");
  t.ok(lines.includes('hostward_retries_total{pool="odoo-17"} 3'), "growing keeps what was counted");
  t.ok(lines.includes('hostward_retries_total{pool="*"} 1'), "pools over the bound are counted together");
  metrics.observe("queue_depth", () => [
    [["pool-298"], 2],
    [["pool-299"], 5],
    [["odoo-17"], 1],
  ]);
  t.same(
    await linesOf(metrics, "queue_depth"),
    ['hostward_queue_depth{pool="*"} 7', 'hostward_queue_depth{pool="odoo-17"} 1'],
    "gauges of pools over the bound are added up, never repeated",
  );
});

t.test("counters and gauges", async (t) => {
  const metrics = new EdgeMetrics();
  metrics.increment("reloads_total", 1, "refused");
  metrics.increment("body_spills_total");
  metrics.fault("guard");
  metrics.fault("no such step");
  metrics.setGauge("draining", 1);
  metrics.observe("plan_info", () => [[["c0ffee"], 1]]);
  observeProcess(metrics);
  const text = await metrics.registry.metrics();
  for (const [rule, line] of [
    ["a labelled counter", 'hostward_reloads_total{result="refused"} 1'],
    ["a counter starts at 0", 'hostward_reloads_total{result="applied"} 0'],
    ["a counter without labels", "hostward_body_spills_total 1"],
    ["a fault by its step", 'hostward_faults_total{step="guard"} 1'],
    ["a fault outside the steps", 'hostward_faults_total{step="-"} 1'],
    ["a gauge", "hostward_draining 1"],
    ["an observed label", 'hostward_plan_info{hash="c0ffee"} 1'],
  ] as const) {
    t.ok(text.split("\n").includes(line), rule);
  }
  t.match(text, /^process_resident_memory_bytes [1-9]\d+$/m, "the process's own numbers");
  t.throws(() => metrics.increment("reloads_total", 1, "no" as "applied"), /no value no/, "a closed label is closed");
});

t.test("the table", async (t) => {
  const text = await new EdgeMetrics().registry.metrics();
  const reference = renderMetricsReference();
  for (const [name, { kind, labels }] of Object.entries(metricTable)) {
    const exposed = exposedName(name);
    t.ok(text.includes(`# TYPE ${exposed} ${kind}\n`), `${exposed} is exposed as a ${kind}`);
    t.ok(reference.includes(`| \`${exposed}\` | ${kind} |`), `${exposed} is in the reference`);
    t.equal(name.endsWith("_total"), kind === "counter", `${exposed} ends in _total exactly if it is a counter`);
    const poolAt = labels.findIndex((label) => label.name === "pool");
    t.ok(poolAt <= 0, `${exposed} has its pool first`);
  }
  t.match(renderLogReference(), /\| `queue_ms` \| number \| ms \| yes \|/, "the log reference has the fields");
});

t.test("what threads count in memory of their own is read as one", async (t) => {
  const memory = [EdgeMetrics.allocate(), EdgeMetrics.allocate()];
  const whole = new EdgeMetrics({ others: memory });
  const threads = memory.map((own) => new EdgeMetrics({ own }));
  for (const metrics of [whole, ...threads]) metrics.poolIndex("odoo-18");
  for (const [i, metrics] of threads.entries()) {
    const record = accessRecord({ poolIndex: metrics.poolIndex("odoo-18") });
    for (let n = 0; n <= i; n++) metrics.finished(record);
    metrics.observe("connections_open", () => 10 + i);
    metrics.observe("overload_stage", () => [[["memory"], i + 1]]);
  }
  const ask = async () => threads.map((metrics) => metrics.observations(["connections_open", "overload_stage"]));
  whole.observeElsewhere("connections_open", { merge: "sum", ask });
  whole.observeElsewhere("overload_stage", { merge: "max", ask });
  whole.increment("connections_accepted_total");
  threads[0]!.increment("connections_accepted_total", 2);
  const lines = (await whole.registry.metrics()).split("\n");
  const has = (line: string) => t.ok(lines.includes(line), line);
  has("hostward_connections_accepted_total 3");
  has("hostward_connections_open 21");
  has('hostward_overload_stage{resource="memory"} 2');
  has('hostward_upstream_duration_seconds_count{pool="odoo-18"} 3');
  t.same(whole.pools, ["odoo-18"]);
});
