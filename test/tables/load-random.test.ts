import t from "tap";
import { mixedSeed, seededRandom } from "../../src/load/random.ts";

const legs = (seed: number, threads: number) =>
  Array.from({ length: 100 * threads }, (_, i) => mixedSeed(seed, Math.floor(i / threads), i % threads));

const seeds = [0, 1, 2, 3, 2 ** 31].flatMap((seed) => legs(seed, 4));
t.equal(new Set(seeds).size, seeds.length, "no two legs, threads or runs have one seed");
t.same(legs(7, 2), legs(7, 2), "the same run has the same");

const firsts = legs(1, 1).map((seed) => seededRandom(seed)());
const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
t.ok(mean > 0.4 && mean < 0.6, `neighbours are as far apart as others: ${mean}`);
