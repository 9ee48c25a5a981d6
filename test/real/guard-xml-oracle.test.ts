/** Python's `xmlrpc.client`, which workers read with, and the guard on the same generated bodies. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import t from "tap";
import { judgeXml } from "../support/xml-bodies.ts";
import { hostileBody, otherDatabase, ownCall, ownDatabase, type XmlCase } from "../support/xml-grammar.ts";

const HOSTILE = 15_000;
const LEGITIMATE = 5_000;

/** What Python reads: method, kind of the first parameter, and its text. */
type Call = readonly [method: string | null, kind: string, first: string | null];

function readByPython(cases: readonly XmlCase[]): (Call | null)[] {
  const script = fileURLToPath(new URL("xmlrpc_oracle.py", import.meta.url));
  const input = cases.map(({ body }) => `${JSON.stringify(body)}\n`).join("");
  const { stdout, stderr } = spawnSync("python3", [script], { input, encoding: "utf8", maxBuffer: 1 << 28 });
  if (stderr !== "") throw new Error(stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Call | null);
}

/** Whether a worker that makes this call of a body reaches, lists or names another database. */
function isForeign(path: string, [method, kind, first]: Call): boolean {
  const service = /\/xmlrpc\/(?:2\/)?(common|db|object)\/?$/.exec(path)?.[1];
  const own = first === ownDatabase;
  const named = kind !== "none" && !own;
  const login = method === "login" || method === "authenticate";
  if (service === "common") return login && named;
  if (service === "db") return method !== "server_version";
  if (service === "object") return named;
  // An alias of any of the three; `list` stands for the methods of `db`.
  return method === "list" || (first !== null && !own);
}

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

t.test("hostile bodies", async (t) => {
  const cases = fc.sample(hostileBody, { numRuns: HOSTILE, seed });
  const calls = readByPython(cases);
  const foreign = cases.filter(({ path }, i) => calls[i] !== null && isForeign(path, calls[i]!));
  const passed = foreign.filter(({ path, body }) => judgeXml(body, path, ownDatabase) === null);
  t.strictSame(passed.slice(0, 10), [], `no call of another database passes, seed ${seed}`);
  t.ok(foreign.length > HOSTILE / 10, "enough of them are calls of another database", { foreign: foreign.length });
  const wide = foreign.filter(({ body }) => body.includes("\0"));
  t.ok(wide.length > HOSTILE / 200, "some of those are in UTF-16", { wide: wide.length });
  const elsewhere = cases.filter(
    ({ path, body }, i) =>
      path.startsWith("/pages/") && calls[i] === null && !/methodName|!ENTITY|params|\0/.test(body),
  );
  const refused = elsewhere.filter(({ path, body }) => judgeXml(body, path, ownDatabase) !== null);
  t.strictSame(refused.slice(0, 10), [], `away from the doors, what is no call passes, seed ${seed}`);
});

t.test("legitimate calls", async (t) => {
  const cases = fc.sample(ownCall, { numRuns: LEGITIMATE, seed });
  const refused = cases
    .map(({ path, body }) => ({ path, body, finding: judgeXml(body, path, ownDatabase) }))
    .filter(({ finding }) => finding !== null);
  t.strictSame(refused.slice(0, 10), [], `none is refused, seed ${seed}`);
  const others = cases.filter(({ path, body }) => judgeXml(body, path, otherDatabase) === null);
  t.strictSame(others.slice(0, 10), [], `each is refused at another tenant's host, seed ${seed}`);
  const misread = readByPython(cases).filter((call) => call === null || call[2] !== ownDatabase);
  t.ok(misread.length < LEGITIMATE / 2, "Python takes the values of most", { misread: misread.length });
});
