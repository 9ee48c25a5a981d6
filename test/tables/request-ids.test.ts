import t from "tap";
import { isRequestId, isTraceparent, RequestIds } from "../../src/router/request-ids.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const traceparents: ReadonlyArray<readonly [rule: string, value: string, want: boolean]> = [
  ["version 00", `00-${trace}-${span}-01`, true],
  ["flags not set", `00-${trace}-${span}-00`, true],
  ["another version", `01-${trace}-${span}-01`, false],
  ["the forbidden version", `ff-${trace}-${span}-01`, false],
  ["upper case", `00-${trace.toUpperCase()}-${span}-01`, false],
  ["a trace of zeros", `00-${"0".repeat(32)}-${span}-01`, false],
  ["a span of zeros", `00-${trace}-${"0".repeat(16)}-01`, false],
  ["something behind", `00-${trace}-${span}-01-x`, false],
  ["a line break behind", `00-${trace}-${span}-01\n`, false],
  ["too short a trace", `00-${trace.slice(1)}-${span}-01`, false],
  ["a digit that is none", `00-${trace.slice(1)}g-${span}-01`, false],
  ["nothing", "", false],
];
for (const [rule, value, want] of traceparents) t.equal(isTraceparent(value), want, `traceparent: ${rule}`);

const ids: ReadonlyArray<readonly [rule: string, value: string, want: boolean]> = [
  ["a UUID", "3b2f1c9e-0c3a-4a35-9f62-0f0e6f1d2c3b", true],
  ["dots and underscores", "a.b_c-D1", true],
  ["128 characters", "x".repeat(128), true],
  ["129 characters", "x".repeat(129), false],
  ["seven characters", "1234567", false],
  ["a space", "12345 678", false],
  ["a quote", '12345678"', false],
  ["a line break behind", "12345678\n", false],
  ["a byte beyond ASCII", "12345678\xe9", false],
  ["a list", "12345678,12345678", false],
  ["nothing", "", false],
];
for (const [rule, value, want] of ids) t.equal(isRequestId(value), want, `request id: ${rule}`);

const source = new RequestIds();
const drawn = Array.from({ length: 2000 }, () => source.draw());
t.equal(new Set(drawn).size, drawn.length, "no id is drawn twice, past the block's end too");
t.ok(
  drawn.every((id) => /^[0-9a-f]{48}$/.test(id)),
  "an id pair is 48 hexadecimal digits",
);
t.ok(
  drawn.every((id) => isTraceparent(`00-${id.slice(0, 32)}-${id.slice(32)}-01`)),
  "and makes a valid traceparent",
);
