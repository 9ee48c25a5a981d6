import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { answerCodes } from "../../src/core/answers.ts";
import { AuditLog, auditedCodes, auditLinesPerSecond } from "../../src/metrics/audit.ts";
import { EventLog, eventLinesPerSecond, eventTable } from "../../src/metrics/events.ts";
import { LineWriter } from "../../src/metrics/line-writer.ts";
import { accessRecord } from "../support/access-record.ts";

const folder = mkdtempSync(join(tmpdir(), "hostward-audit-"));
t.teardown(() => rmSync(folder, { recursive: true }));

/** A writer, the clock that its log reads, and the lines once it is closed. */
function stand(name: string) {
  const path = join(folder, name);
  const writer = new LineWriter({ path }, () => {});
  const now = { ms: 0 };
  const clock = { nowMs: () => now.ms, epochMs: () => Date.UTC(2026, 0, 1) + now.ms };
  const counted = { suppressed: 0 };
  const suppressed = (lines: number) => {
    counted.suppressed += lines;
  };
  const lines = async () => {
    await writer.close();
    const text = readFileSync(path, "utf8").trimEnd();
    return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
  };
  return { writer, clock, now, counted, suppressed, lines };
}

t.same(Object.keys(auditedCodes).toSorted(), answerCodes.toSorted(), "every answer is audited or not, by decision");

t.test("a refusal is one line with what is known of it", async (t) => {
  const { writer, clock, suppressed, lines } = stand("one");
  const audit = AuditLog.to(writer, clock, suppressed);
  audit.finished(accessRecord({ code: "door_closed", status: 403, detail: "database door", path: "/web/database" }));
  audit.finished(accessRecord({ code: "", status: 200 }));
  audit.finished(accessRecord({ code: "maintenance", status: 503 }));
  audit.close();
  t.same(await lines(), [
    {
      time: "2026-11-30T09:05:07.042Z",
      concern: "isolation",
      code: "door_closed",
      detail: "database door",
      status: 403,
      request_id: "6f1c3c1e-6f0d-4f2b-9f6e-1f2a3b4c5d6e",
      client: "203.0.113.9",
      method: "GET",
      host: "acme.example",
      path: "/web/database",
      tenant: "acme",
      pool: "odoo-18",
      rule: "static",
    },
  ]);
});

t.test("a failed login that begins a block is one line, though its answer was relayed", async (t) => {
  const { writer, clock, suppressed, lines } = stand("block");
  const audit = AuditLog.to(writer, clock, suppressed);
  audit.finished(accessRecord({ code: "", loginBlock: "client for 30s; login 1a2b3c4d" }));
  audit.finished(accessRecord({ code: "login_blocked", status: 429, detail: "client: blocked; login 1a2b3c4d" }));
  audit.close();
  t.match(await lines(), [
    { concern: "abuse", code: "login_block_begun", detail: "client for 30s; login 1a2b3c4d", status: 200 },
    { concern: "abuse", code: "login_blocked", detail: "client: blocked; login 1a2b3c4d", status: 429 },
  ]);
});

t.test("a line is short and obeyed by no terminal", async (t) => {
  const { writer, clock, suppressed, lines } = stand("hostile");
  const audit = AuditLog.to(writer, clock, suppressed);
  const path = `/\x9b2J\n"${"a".repeat(60_000)}`;
  audit.finished(accessRecord({ code: "bad_path", path, method: "M".repeat(60_000) }));
  const [line] = await lines();
  t.equal(line.path, path.slice(0, 512));
  t.equal(line.method.length, 512);
  t.notOk(readFileSync(join(folder, "hostile"), "utf8").includes("\x9b"));
});

t.test("a flood of one refusal is bounded, said and hides no other", async (t) => {
  const { writer, clock, now, counted, suppressed, lines } = stand("flood");
  const audit = AuditLog.to(writer, clock, suppressed);
  for (let i = 0; i < 10_000; i++) audit.finished(accessRecord({ code: "unknown_host" }));
  audit.finished(accessRecord({ code: "guard_refused" }));
  now.ms = 1000;
  audit.finished(accessRecord({ code: "unknown_host" }));
  audit.close();
  const written = await lines();
  const left = 10_000 - auditLinesPerSecond;
  t.equal(written.filter((line) => line.code === "unknown_host" && "path" in line).length, auditLinesPerSecond + 1);
  t.equal(written.filter((line) => line.code === "guard_refused").length, 1);
  t.same(
    written.filter((line) => "suppressed" in line),
    [{ time: "2026-01-01T00:00:01.000Z", code: "unknown_host", suppressed: left }],
  );
  t.equal(counted.suppressed, left);
});

t.test("what the last second left out is said at the end", async (t) => {
  const { writer, clock, suppressed, lines } = stand("end");
  const audit = AuditLog.to(writer, clock, suppressed);
  for (let i = 0; i <= auditLinesPerSecond; i++) audit.finished(accessRecord({ code: "unknown_host" }));
  audit.close();
  t.equal((await lines()).at(-1).suppressed, 1);
});

t.test("events", async (t) => {
  const { writer, clock, counted, suppressed, lines } = stand("events");
  const events = new EventLog(writer, clock, suppressed);
  events.emit("listening", { address: "127.0.0.1", port: 8080 });
  events.emit("fault", { step: "guard", err: new Error("broken\x9b") });
  for (let i = 0; i < eventLinesPerSecond + 7; i++) events.emit("endpoint_ejected", { endpoint: "127.0.0.1:18069" });
  events.close();
  const written = await lines();
  t.same(written[0], {
    level: "info",
    time: "2026-01-01T00:00:00.000Z",
    event: "listening",
    address: "127.0.0.1",
    port: 8080,
  });
  t.match(written[1], {
    level: "error",
    event: "fault",
    step: "guard",
    err: { message: "broken\x9b", stack: /audit/ },
  });
  t.notOk(readFileSync(join(folder, "events"), "utf8").includes("\x9b"), "no terminal is addressed");
  t.match(written.at(-1), { level: "warn", event: "suppressed", of: "endpoint_ejected", lines: 7 }, "bounded and said");
  t.equal(counted.suppressed, 7);
  t.equal(eventTable.suppressed.level, "warn");
});

t.test("the bounds of the process hold for the lines of its threads, and what they left out is counted", async (t) => {
  const { writer, clock, now, counted, suppressed, lines } = stand("threads");
  const audit = AuditLog.to(writer, clock, suppressed);
  const threads = [1, 2].map(() => new AuditLog(clock, audit));
  for (let i = 0; i < 100; i++) for (const thread of threads) thread.finished(accessRecord({ code: "bad_host" }));
  now.ms = 500;
  for (const thread of threads) thread.close();
  audit.close();
  const written = await lines();
  t.equal(written.filter((line) => "path" in line).length, auditLinesPerSecond);
  t.equal(counted.suppressed, 200 - auditLinesPerSecond);
  t.match(written.at(-1), { code: "bad_host", suppressed: 200 - auditLinesPerSecond });
});
