/** Which addresses are one client. */
import t from "tap";
import { writeClient } from "../../src/policy/limits/client-words.ts";

function wordsOf(address: string): string {
  const words = new Int32Array(3);
  writeClient(address, words, 0);
  return [...words].map((word) => (word >>> 0).toString(16)).join(" ");
}

const rows: ReadonlyArray<readonly [address: string, want: string]> = [
  ["203.0.113.7", "4 cb007107 0"],
  ["0.0.0.0", "4 0 0"],
  ["255.255.255.255", "4 ffffffff 0"],
  ["::ffff:203.0.113.7", "4 cb007107 0"],
  ["::FFFF:cb00:7107", "4 cb007107 0"],
  ["0:0:0:0:0:ffff:203.0.113.7", "4 cb007107 0"],
  ["2001:db8:1:2:3:4:5:6", "6 20010db8 10002"],
  ["2001:db8:1:2::", "6 20010db8 10002"],
  ["2001:DB8:1:2::9", "6 20010db8 10002"],
  ["2001:db8:1:3::9", "6 20010db8 10003"],
  ["2001:db8::9", "6 20010db8 0"],
  ["2001:db8::1:2:3:4:5", "6 20010db8 1"],
  ["::", "6 0 0"],
  ["::1", "6 0 0"],
  ["::1:2:3:4:5:6:7", "6 1 20003"],
  ["1::", "6 10000 0"],
  ["64:ff9b::203.0.113.7", "6 64ff9b 0"],
  ["1:2:3:4:5:6:203.0.113.7", "6 10002 30004"],
];
for (const [address, want] of rows) t.equal(wordsOf(address), want, address);

for (const nonsense of ["", "no address", "1:2:3:4:5:6:7:8:9:10", "....", "::::::::::"])
  t.equal(wordsOf(nonsense), wordsOf(nonsense), `${nonsense} is somewhere`);
