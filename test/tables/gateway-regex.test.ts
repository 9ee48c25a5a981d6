import t from "tap";
import { anythingBut, encodedName, escapeText, searchSize, segmentBut } from "../../src/gateway-api/regex.ts";

/** Every word of up to `length` of these characters. */
function wordsOf(characters: string, length: number): string[] {
  if (length === 0) return [""];
  const shorter = wordsOf(characters, length - 1);
  const longest = shorter.filter((word) => word.length === length - 1);
  return [...shorter, ...longest.flatMap((word) => Array.from(characters, (char) => word + char))];
}

/** The words that a RE2 source stands for as a whole. */
function matched(source: string, words: readonly string[]): string[] {
  const pattern = new RegExp(`^(?:${source.replace("(?i)", "")})$`, source.startsWith("(?i)") ? "iu" : "u");
  return words.filter((word) => pattern.test(word));
}

const lists = [
  ["a"],
  ["ab"],
  ["a", "ab"],
  ["ab", "ac", "b"],
  ["abc", "abcb", "bc"],
  ["for", "proto"],
  ["", "a"],
  ["a.b", "a"],
] as const;

t.test("anything but some words, by trying all", async (t) => {
  const words = [...wordsOf("abc.", 5), "for", "fo", "fors", "fox", "proto", "prot", "pro", "protocol", "xfor"];
  for (const list of lists) {
    const others = words.filter((word) => !(list as readonly string[]).includes(word));
    t.same(matched(anythingBut(list, "exact"), words), others, `not ${list.join(" nor ")}`);
  }
});

t.test("anything but a word in whatever case", async (t) => {
  const words = wordsOf("aAbB", 4);
  const others = words.filter((word) => word.toLowerCase() !== "ab");
  t.same(matched(anythingBut(["ab"], "fold"), words), others);
  const cases = [
    "websocket",
    "WebSocket",
    "WEBSOCKET",
    "web",
    "websockets",
    "xwebsocket",
    "h2c",
    "websocket, h2c",
    "wEbsockeT ",
  ];
  t.same(matched(anythingBut(["websocket"], "fold"), cases), cases.slice(3));
});

t.test("any segment but some", async (t) => {
  const words = wordsOf("ab/.", 4);
  for (const list of [["a"], ["ab", "b"], ["a.b", "a"], ["aba", "abab"]]) {
    const others = words.filter((word) => word !== "" && !word.includes("/") && !list.includes(word));
    t.same(matched(segmentBut(list), words), others, `not ${list.join(" nor ")}`);
  }
});

t.test("text stands for itself", async (t) => {
  const signs = "a.b*c+d?e^f$g(h)i[j]k{l}m|n\\o/-~!&',;=:@";
  t.ok(new RegExp(`^${escapeText(signs)}$`).test(signs));
  t.notOk(new RegExp(`^${escapeText("a.b")}$`).test("axb"));
});

t.test("a name in every spelling", async (t) => {
  const { source } = encodedName("d_z");
  const spellings = ["d_z", "%64_z", "d%5f%7a", "d%5F%7A", "%64%5f%7a"];
  t.same(matched(source, [...spellings, "D_z", "%44_z", "d_", "d_zz", "%64", "%%64_z"]), spellings);
  t.equal(searchSize(encodedName("d_z")), 19, "instructions, at most");
});
