/** Hashes that strangers cannot steer: every bit counts, and so does the key. */
import t from "tap";
import { KeyedHash } from "../../src/policy/limits/keyed-hash.ts";

const key = { k0: 0x03020100, k1: 0x07060504 };
const hash = new KeyedHash(key);
function mixed(words: readonly number[], by = hash): readonly [number, number] {
  by.mix(Int32Array.from(words));
  return [by.hi, by.lo];
}
function flips(a: readonly [number, number], b: readonly [number, number]): number {
  const ones = (n: number) => (n >>> 0).toString(2).replaceAll("0", "").length;
  return ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]);
}

const base = [1, 2, 3, 4, 5, 6];
const byBit = base.flatMap((_, word) =>
  Array.from({ length: 32 }, (_, bit) => base.map((value, i) => (i === word ? value ^ (1 << bit) : value))),
);
const flipped = byBit.map((words) => flips(mixed(base), mixed(words)));
t.ok(Math.min(...flipped) >= 14, "each bit of the input changes many of the result");
const mean = flipped.reduce((sum, n) => sum + n, 0) / flipped.length;
t.ok(Math.abs(mean - 32) < 1, `half of them: ${mean}`);

for (let bit = 0; bit < 64; bit++) {
  const other = bit < 32 ? { ...key, k0: key.k0 ^ (1 << bit) } : { ...key, k1: key.k1 ^ (1 << (bit - 32)) };
  t.ok(flips(mixed(base), mixed(base, new KeyedHash(other))) >= 14, `bit ${bit} of the key`);
}

const SETS = 1024;
const perSet = new Array<number>(SETS).fill(0);
for (let i = 0; i < SETS * 32; i++) perSet[mixed([7, 7, 7, 4, i, 0])[0] & (SETS - 1)]!++;
t.ok(Math.max(...perSet) < 64, "neighbouring addresses are spread evenly");
t.ok(Math.min(...perSet) > 8, "over all sets");

const texts = [
  "",
  "a",
  "b",
  "ab",
  "ba",
  "abcd",
  "abcde",
  "a\0",
  "tenant-1",
  "tenant-2",
  "x".repeat(99),
  "x".repeat(98),
];
const seen = texts.map((text) => {
  hash.text(text);
  return `${hash.hi} ${hash.lo}`;
});
t.equal(new Set(seen).size, texts.length, "texts differ");
