import fc from "fast-check";
import t from "tap";
import { findDoor } from "../../src/policy/doors.ts";
import { canonicalHost } from "../../src/policy/host.ts";
import { canonicalPath, mergeSlashes, withoutFirstSegment } from "../../src/policy/path.ts";
import { classify, type RuleName } from "../../src/policy/rules.ts";
import { trickyPath as path } from "../support/generated-paths.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);
const runs = { seed, numRuns: 20_000 };

t.test("a canonical path is its own canonical form and hides nothing", async (t) => {
  let accepted = 0;
  fc.assert(
    fc.property(path, (text) => {
      const canonical = canonicalPath(text);
      if (canonical === "") return true;
      accepted++;
      return (
        canonicalPath(canonical) === canonical &&
        canonical.startsWith("/") &&
        !canonical.startsWith("//") &&
        !/\/\.{1,2}(\/|;|$)/.test(canonical) &&
        /^[\x21-\x7e]+$/.test(canonical) &&
        !/[\\?#"<>^`{|}]|%(2f|5c|2e|[01].|7f|4[1-9a-f]|6[1-9a-f]|3[0-9])/i.test(canonical)
      );
    }),
    runs,
  );
  t.ok(accepted > runs.numRuns / 4, `enough paths were accepted: ${accepted}`);
});

/**
 * What a worker may take a forwarded path for: decoded once, leading slashes stripped, then either as it is or without
 * the first segment as a language; runs of slashes merged, as its redirect would; and with the `$` of Werkzeug before
 * 2.1, which stands before a trailing newline.
 */
function workerReadings(forwarded: string): readonly string[] {
  const bytes = forwarded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const whole = `/${bytes.replace(/^\/+/, "")}`;
  const rest = whole.slice(1).split("/").slice(1).join("/");
  const readings = [whole, `/${rest.replace(/^\/+/, "")}`];
  return readings
    .flatMap((reading) => [reading, reading.replace(/\/+/g, "/")])
    .map((reading) => reading.replace(/\n$/, ""));
}

/** What a reading may be classified as when it stands at a door. */
function rulesOf(reading: string): readonly RuleName[] {
  const door = findDoor(reading, 15);
  if (door === null) return [];
  if (door.action === "deny") return ["deny"];
  return door.place === "json-rpc" || door.place === "xml-rpc" ? ["rpc", "deny"] : [];
}

t.test("no worker reads a closed door from a path that passes", async (t) => {
  let atDoors = 0;
  const tenant = { odooMajor: 15, surfaceOpen: new Set<string>() };
  fc.assert(
    fc.property(path, fc.constantFrom("GET", "POST"), (text, method) => {
      const canonical = canonicalPath(text);
      if (canonical === "") return true;
      const facts = { method, path: canonical, judged: mergeSlashes(canonical), upgrade: false };
      const { rule, door } = classify(facts, tenant);
      const readings = workerReadings(canonical);
      const required = readings.flatMap((reading) => rulesOf(reading));
      if (required.length > 0) atDoors++;
      const read = readings.map((reading) => findDoor(reading, 15)).filter((found) => found !== null);
      return (required.length === 0 || required.includes(rule)) && (read.length === 0 || door !== null);
    }),
    runs,
  );
  t.ok(atDoors > runs.numRuns / 20, `enough paths stood at a door: ${atDoors}`);
});

t.test("merging and stripping agree with splitting", async () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "/", "//", "b")), (parts) => {
      const text = `/${parts.join("")}`;
      const segments = text.split("/").filter((part) => part !== "");
      const merged = mergeSlashes(text);
      const rest = withoutFirstSegment(merged)
        .split("/")
        .filter((part) => part !== "");
      return (
        merged
          .split("/")
          .filter((part) => part !== "")
          .join() === segments.join() && rest.join() === segments.slice(1).join()
      );
    }),
    { seed },
  );
});

/** The grammar of hostnames as one expression. */
const hostGrammar =
  /^(?=.{1,253}$)(?!(.*\.)?(\d+|0x[0-9a-f]*)$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

t.test("a hostname is accepted exactly by its grammar", async () => {
  const piece = fc.oneof(
    fc.constantFrom("a", "A", "0", "1", "0x", "-", ".", ":", "80", "65536", "_", "@", "[", "xn--", "acme", " ", "é"),
    fc.integer({ min: 60, max: 70 }).map((length) => "a".repeat(length)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 10 }).map((parts) => parts.join("")),
      (text) => {
        const [, name = "", port = ""] = /^([^:]*?)\.?(?::(\d{0,5}))?$/s.exec(text) ?? [];
        const lowered = /^[\x21-\x7e]*$/.test(name) ? name.toLowerCase() : "";
        const want = hostGrammar.test(lowered) && Number(port) <= 65535 ? lowered : "";
        const found = canonicalHost(text);
        return found === want && (found === "" || canonicalHost(found) === found);
      },
    ),
    runs,
  );
});
