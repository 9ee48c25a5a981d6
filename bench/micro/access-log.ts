// Cost of one access-log line, made and batched to /dev/null, against pino with the same fields.
import pino from "pino";
import { answerTable } from "../../src/core/answers.ts";
import { accessLine } from "../../src/metrics/access-line.ts";
import { AccessLog } from "../../src/metrics/access-log.ts";
import { LineWriter } from "../../src/metrics/line-writer.ts";
import type { AccessRecord } from "../../src/metrics/record.ts";
import { accessRecord } from "../../test/support/access-record.ts";

const LINES = 200_000;
const PER_TURN = 500;

const records = Array.from({ length: 64 }, (_, i) =>
  accessRecord({
    startEpochMs: 1_796_000_000_000 + i * 17,
    path: `/web/image/${i}`,
    status: i % 9 === 0 ? 429 : 200,
    code: i % 9 === 0 ? "rate_limited" : "",
    workerMs: i * 1.2345,
    totalMs: i * 1.3579,
  }),
);

async function measure(name: string, write: (record: AccessRecord) => void): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < LINES; i++) {
      write(records[i & 63] as AccessRecord);
      if (i % PER_TURN === 0) await new Promise(setImmediate);
    }
    const { user, system } = process.cpuUsage(before);
    console.log(`${name}: ${((user + system) / LINES).toFixed(2)} µs CPU a line`);
  }
}

let made = 0;
await measure("line alone", (record) => {
  made += accessLine(record).length;
});
console.log(`characters: ${made}`);

let dropped = 0;
const writer = new LineWriter({ path: "/dev/null" }, (lines) => {
  dropped += lines;
});
const log = new AccessLog(writer);
await measure("access log", (record) => log.finished(record));
await writer.close();
console.log(`dropped: ${dropped}`);

const logger = pino({ base: null }, pino.destination({ dest: "/dev/null", sync: false, minLength: 16_000 }));
await measure("pino", (r) => {
  const { startEpochMs, poolIndex, ruleIndex, ...rest } = r;
  logger.info({ ...rest, flag: r.code === "" ? "-" : answerTable[r.code].flag });
});
