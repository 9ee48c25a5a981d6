import t from "tap";
import { unanswered } from "../../src/load/figures.ts";
import { count, memory, ratio, share, shortTime, time, timeDifference } from "../../src/load/report/format.ts";
import { clipped, markupText, plainText } from "../../src/load/report/safe-text.ts";
import { benchResult } from "../support/bench-results.ts";
import { noErrors } from "../support/bench-targets.ts";

const times: ReadonlyArray<readonly [us: number, long: string, short: string]> = [
  [0, "0 µs", "0 µs"],
  [0.394, "0.39 µs", "0.394 µs"],
  [1, "1.00 µs", "1 µs"],
  [9.994, "9.99 µs", "9.99 µs"],
  [9.996, "10.0 µs", "10 µs"],
  [99.96, "100 µs", "100 µs"],
  [312.4, "312 µs", "312 µs"],
  [999.4, "999 µs", "999 µs"],
  [999.6, "1.00 ms", "1 ms"],
  [1204, "1.20 ms", "1.2 ms"],
  [999_600, "1.00 s", "1 s"],
  [12_345_678, "12.3 s", "12.3 s"],
  [1_234_567_890, "1235 s", "1230 s"],
];
for (const [us, long, short] of times) t.same([time(us), shortTime(us)], [long, short], `${us} µs`);

const differences: ReadonlyArray<readonly [us: number, interval: readonly [number, number] | null, want: string]> = [
  [12.3, [10.1, 14.5], "+12.3 [+10.1, +14.5] µs"],
  [-12.3, null, "−12.3 µs"],
  [500, [-200, 1200], "+0.50 [−0.20, +1.20] ms"],
  [0, [-0.001, 0.001], "0 [0.00, 0.00] µs"],
];
for (const [us, interval, want] of differences) t.equal(timeDifference(us, interval), want, want);

const shares: ReadonlyArray<readonly [value: number, want: string]> = [
  [0, "0%"],
  [1e-9, "<0.0001%"],
  [0.00012, "0.012%"],
  [0.001, "0.1%"],
  [0.1234, "12%"],
  [0.9975, "99.75%"],
  [0.999999, ">99.99%"],
  [1, "100%"],
];
for (const [value, want] of shares) t.equal(share(value), want, want);

t.equal(ratio(1.2345), "1.23x");
t.equal(ratio(1.2345, [1.1, 1.3]), "1.23x [1.10, 1.30]");
t.equal(count(1_234_567.8), "1,234,568");
t.same([memory(71.23), memory(24_064)], ["71.2 MiB", "23.5 GiB"], "memory");

t.equal(plainText("a\u001b[2Jb\u202ec\u0000\n\u2028d\ud800"), "a?[2Jb?c???d?", "what moves a cursor or hides is told");
t.equal(plainText("größe 東京 😀"), "größe 東京 😀", "letters of all scripts stay");
t.equal(markupText(`<a href="x" b='y'>&\``), "&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38;&#96;", "markup is text");
t.same([clipped("😀😀😀", 3), clipped("😀😀😀", 2)], ["😀😀😀", "😀…"], "no character is cut in half");

const { total } = benchResult().targets[0]!;
const wrong = (errors: object, statuses: Record<string, number>) =>
  unanswered({ ...total, requests: 1204, errors: { ...noErrors, ...errors }, statuses });
t.equal(wrong({ timeout: 4 }, { 200: 1200 }), "4 of 1,204 requests without a right answer (timeout 4)");
t.equal(
  wrong({ timeout: 4, status: 100 }, { 200: 1100, 429: 100 }),
  "104 of 1,204 requests without a right answer (timeout 4, status 100; answers: 1,100 of 200, 100 of 429)",
);
