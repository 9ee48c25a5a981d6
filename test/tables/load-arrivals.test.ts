import t from "tap";
import { arrivalTimes } from "../../src/load/arrivals.ts";
import { seededRandom } from "../../src/load/random.ts";

const times = (next: () => number, count: number): number[] => Array.from({ length: count }, next);
const share = (kind: "constant" | "poisson", thread = 0, threads = 1) =>
  ({ kind, rate: 1000, thread, threads }) as const;

t.same(
  times(
    arrivalTimes(share("constant"), () => 0),
    4,
  ),
  [0, 1, 2, 3],
  "constant: one each millisecond",
);
t.same(
  [0, 1, 2]
    .flatMap((thread) =>
      times(
        arrivalTimes(share("constant", thread, 3), () => 0),
        2,
      ),
    )
    .sort((a, b) => a - b),
  [0, 1, 2, 3, 4, 5],
  "constant: threads take turns",
);

const drawn = (seed: number, threads = 1) =>
  times(arrivalTimes(share("poisson", 0, threads), seededRandom(seed)), 100_000);
t.same(drawn(7).slice(0, 50), drawn(7).slice(0, 50), "poisson: the same seed gives the same times");
t.not(drawn(7)[0], drawn(8)[0], "poisson: another seed gives others");

// For the seed, which is fixed, these are constants; the bounds are five standard errors of the law.
const gaps = drawn(7).map((at, i, all) => at - (all[i - 1] ?? 0));
const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
const beyond = gaps.filter((gap) => gap > 3).length / gaps.length;
t.ok(Math.abs(mean - 1) < 5 / Math.sqrt(100_000), "poisson: the gaps have the mean of the rate");
t.ok(Math.abs(variance - 1) < (5 * Math.sqrt(8)) / Math.sqrt(100_000), "and the variance of the exponential law");
t.ok(Math.abs(beyond - Math.exp(-3)) < 5 * Math.sqrt(0.05 / 100_000), "and its tail");
t.ok(
  Math.abs(drawn(7, 4).at(-1)! - 4 * drawn(7).at(-1)!) < 1e-6,
  "poisson: each of four threads has a quarter of the rate",
);
