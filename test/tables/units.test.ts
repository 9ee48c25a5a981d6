import t from "tap";
import { formatDurationMs, formatQuantityBytes, parseDurationMs, parseQuantityBytes } from "../../src/core/units.ts";

const durations: ReadonlyArray<readonly [rule: string, text: string, want: number | null]> = [
  ["milliseconds", "500ms", 500],
  ["seconds", "15s", 15_000],
  ["more than a minute of seconds", "720s", 720_000],
  ["minutes are not milliseconds", "1m", 60_000],
  ["parts add up", "1h30m", 5_400_000],
  ["parts come in any order (GEP-2257)", "30m1h", 5_400_000],
  ["four parts", "1h1m1s1ms", 3_661_001],
  ["zero", "0s", 0],
  ["five digits are the most", "99999h", 359_996_400_000],
  ["a unit is required", "15", null],
  ["no fraction", "1.5s", null],
  ["no sign", "-1s", null],
  ["no space", "10 s", null],
  ["no days", "1d", null],
  ["no upper case", "1S", null],
  ["not five parts", "1h1h1h1h1h", null],
  ["not six digits", "100000s", null],
  ["not empty", "", null],
  ["no newline behind", "1s\n", null],
];
for (const [rule, text, want] of durations) t.equal(parseDurationMs(text), want, `duration: ${rule}`);

const quantities: ReadonlyArray<readonly [rule: string, text: string, want: number | null]> = [
  ["plain bytes", "512", 512],
  ["binary kilo", "60Ki", 61_440],
  ["binary mega", "128Mi", 134_217_728],
  ["binary giga", "4Gi", 4_294_967_296],
  ["decimal kilo is lower case", "2k", 2000],
  ["decimal mega", "2M", 2_000_000],
  ["exponent", "1e6", 1_000_000],
  ["upper-case exponent", "1E3", 1000],
  ["fraction of a binary unit", "1.5Gi", 1_610_612_736],
  ["fraction that is exact in decimal only", "0.1M", 100_000],
  ["fraction of a byte", "0.1Ki", null],
  ["zero", "0", 0],
  ["largest exact integer", "9007199254740991", null],
  ["over the exact integers", "9Pi", null],
  ["up to the exact integers", "7Pi", 7 * 2 ** 50],
  ["no milli", "100m", null],
  ["no upper-case K", "1K", null],
  ["no B", "60KB", null],
  ["no sign", "-1", null],
  ["no space", "1 Mi", null],
  ["digits before the point", ".5Mi", null],
  ["not empty", "", null],
  ["no newline behind", "1\n", null],
];
for (const [rule, text, want] of quantities) t.equal(parseQuantityBytes(text), want, `quantity: ${rule}`);

const printed: ReadonlyArray<readonly [rule: string, found: string, want: string]> = [
  ["whole minutes", formatDurationMs(60_000), "1m"],
  ["hours and minutes", formatDurationMs(5_400_000), "1h30m"],
  ["all units", formatDurationMs(3_661_001), "1h1m1s1ms"],
  ["no time", formatDurationMs(0), "0s"],
  ["binary unit", formatQuantityBytes(134_217_728), "128Mi"],
  ["largest unit that is exact", formatQuantityBytes(1536), "1536"],
  ["no bytes", formatQuantityBytes(0), "0"],
];
for (const [rule, found, want] of printed) t.equal(found, want, `printed: ${rule}`);
for (const ms of [0, 1, 999, 1000, 59_999, 86_400_000])
  t.equal(parseDurationMs(formatDurationMs(ms)), ms, `print and parse ${ms} ms`);
for (const bytes of [0, 1, 1023, 1024, 1025, 2 ** 30])
  t.equal(parseQuantityBytes(formatQuantityBytes(bytes)), bytes, `print and parse ${bytes} bytes`);
