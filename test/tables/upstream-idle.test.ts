import t from "tap";
import { IdleConnections, type Keepable } from "../../src/router/upstream/idle-connections.ts";
import { settings } from "../support/upstream-world.ts";

class Named implements Keepable<Named> {
  readonly name: string;
  readonly #destroyed: string[];
  keptIn: IdleConnections<Named> | null = null;
  idleSinceMs = 0;
  queueBefore: Named | null = null;
  queueAfter: Named | null = null;

  constructor(name: string, destroyed: string[]) {
    this.name = name;
    this.#destroyed = destroyed;
  }

  destroy(): void {
    this.#destroyed.push(this.name);
  }
}

/**
 * `+a` keeps connection a, `take` takes one, `-a` removes it, a number is a sweep at that time, which is also when the
 * next are kept. Two are kept at most, for 2000 ms. The result: what was taken, then what was destroyed, then how many
 * are left.
 */
function run(script: string): string {
  const taken: string[] = [];
  const destroyed: string[] = [];
  const idle = new IdleConnections<Named>(settings);
  const connections = new Map(["a", "b", "c"].map((name) => [name, new Named(name, destroyed)] as const));
  let nowMs = 0;
  for (const word of script.split(" ")) {
    if (word === "take") taken.push(idle.take()?.name ?? "-");
    else if (word === "close") idle.close();
    else if (word.startsWith("+")) idle.put(connections.get(word.slice(1))!, nowMs);
    else if (word.startsWith("-")) idle.remove(connections.get(word.slice(1))!);
    else {
      nowMs = Number(word);
      idle.sweep(nowMs);
    }
  }
  return `${taken.join("")} / ${destroyed.join("")} / ${idle.size}`;
}

const rows: ReadonlyArray<readonly [rule: string, script: string, want: string]> = [
  ["nothing kept, nothing to take", "take", "- /  / 0"],
  ["the last used is taken first", "+a +b take take take", "ba- /  / 0"],
  ["with too many the oldest is destroyed", "+a +b +c take take", "cb / a / 0"],
  ["what is old is destroyed, at its time", "+a 1000 +b 1999 2000 take take", "b- / a / 0"],
  ["what was used again is not old", "+a 1500 take +a 3499 take", "aa /  / 0"],
  ["one that died is forgotten, not destroyed", "+a +b -b take take", "a- /  / 0"],
  ["the first may die", "+a +b -a take take", "b- /  / 0"],
  ["one that was taken may die", "+a take -a take", "a- /  / 0"],
  ["closing destroys all", "+a +b close take", "- / ab / 0"],
];
for (const [rule, script, want] of rows) t.equal(run(script), want, rule);
