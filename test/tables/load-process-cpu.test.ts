import t from "tap";
import { cpuUsOf, type ProcessSpan } from "../../src/load/process-cpu.ts";

const idle: ProcessSpan = { threadsNs: 0, own: { first: 0, last: 0 }, waited: { first: 0, last: 0 }, ended: false };
const span = (wanted: Partial<ProcessSpan>): ProcessSpan => ({ ...idle, ...wanted });
/** Eight workers, of which rounding makes each two ticks dearer than its threads were. */
const rounded = Array.from({ length: 8 }, () => span({ threadsNs: 1_000_000, own: { first: 10, last: 12 } }));

const rows: ReadonlyArray<readonly [rule: string, processes: readonly ProcessSpan[], us: number]> = [
  ["nothing", [idle], 0],
  ["threads that were seen, to the nanosecond", [span({ threadsNs: 12_345_000, own: { first: 5, last: 6 } })], 12_345],
  ["rounding of a process is no CPU", rounded.slice(0, 1), 1_000],
  ["nor is that of many together", rounded, 8_000],
  ["threads that no look found", [span({ threadsNs: 1_000_000, own: { first: 10, last: 40 } })], 300_000],
  [
    "they leave the fine clock of other processes alone",
    [...rounded, span({ threadsNs: 1_000_000, own: { first: 10, last: 40 } })],
    308_000,
  ],
  ["children that no look found", [span({ waited: { first: 100, last: 120 } })], 200_000],
  ["rounding of children is no CPU", [span({ waited: { first: 100, last: 102 } })], 0],
  [
    "what a child used before is not counted when it ends",
    [
      span({ waited: { first: 0, last: 503 } }),
      span({ threadsNs: 20_000_000, own: { first: 500, last: 502 }, ended: true }),
    ],
    20_000,
  ],
  [
    "what a child used after the last look is",
    [
      span({ waited: { first: 0, last: 510 } }),
      span({ threadsNs: 20_000_000, own: { first: 500, last: 502 }, ended: true }),
    ],
    100_000,
  ],
  [
    "nor what its own children had used before",
    [
      span({ waited: { first: 0, last: 803 } }),
      span({ own: { first: 500, last: 500 }, waited: { first: 300, last: 300 }, ended: true }),
    ],
    0,
  ],
];
for (const [rule, processes, us] of rows) t.equal(cpuUsOf(processes), us, rule);
