import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { runCli, temporaryFolder } from "../support/cli.ts";

const catalog = ["-c", "config/examples/demo"];
const acme = "http://acme.localhost:8080";
const bodyFile = join(temporaryFolder(t), "body");
writeFileSync(bodyFile, "name=one+thing");

const forwarded: ReadonlyArray<readonly [rule: string, args: readonly string[], stdout: RegExp]> = [
  ["a page", [`${acme}/web/login`], /12 {2}forward.*forwarded for tenant acme to pool odoo-17/s],
  ["Host comes from the URL", [`${acme}/`], /^ {2}Host: acme\.localhost:8080$/m],
  ["Host can be given", ["-H", "Host: globex.localhost", `${acme}/`], /to pool odoo-19/],
  [
    "a forged identity is replaced",
    ["-H", "X-Forwarded-Host: globex.localhost", `${acme}/`],
    /X-Forwarded-Host: acme\.local/,
  ],
  ["-d is a POST of a form", ["-d", "name=x", `${acme}/shop`], /POST \/shop.*urlencoded.*Content-Length: 6/s],
  [
    "an attempt to log in",
    ["-d", "login=a", `${acme}/web/login`],
    /10 {2}failed_logins.*a login by form: slower after 3 /,
  ],
  ["-d takes a file", ["-d", `@${bodyFile}`, `${acme}/shop`], /Content-Length: 14/],
  ["the client is who connects", ["--client", "198.51.100.7", `${acme}/`], /X-Real-IP: 198\.51\.100\.7/],
  ["the path is sent as written", [`${acme}/a//b/%7Ec/../d`], /GET \/a\/\/b\/d HTTP/],
];
const answered: ReadonlyArray<readonly [rule: string, args: readonly string[], stdout: RegExp]> = [
  [
    "an unknown host",
    ["http://nobody.localhost:8080/"],
    / 4 {2}host +unknown_host.*answered 404.*no tenant on this host/s,
  ],
  ["a door in disguise", [`${acme}/fr//web/%64atabase`], /judged as.*answered 403 door_closed/s],
  [
    "an alias",
    ["http://shop.acme.localhost:8080/a?b"],
    /308 alias_redirect.*Location: http:\/\/acme\.localhost:8080\/a\?b/s,
  ],
  ["a database in the query", [`${acme}/web?db=globex.localhost`], /10 {2}guard +guard_refused: .*answered 403/s],
  ["an RPC body", ["-H", "Content-Type: application/json", "-d", "{}", `${acme}/jsonrpc`], /"code":"guard_refused"/],
  [
    "a body over the limit",
    ["-X", "POST", "-H", "Content-Length: 99999999999", `${acme}/`],
    / 9 {2}body +body_too_large/,
  ],
  ["a head that breaks the grammar", ["-H", "A b: c", `${acme}/`], / 1 {2}read +malformed_request/],
];

async function run(args: readonly string[]) {
  return runCli(["explain", ...catalog, ...args]);
}
t.test("forwarded, or answered by the edge", async (t) => {
  for (const [rows, code, what] of [
    [forwarded, 0, "forwarded"],
    [answered, 3, "answered"],
  ] as const) {
    const outcomes = await Promise.all(rows.map(([, args]) => run(args)));
    for (const [i, [rule, , stdout]] of rows.entries()) {
      t.match(outcomes[i]!.stdout, stdout, `${what}: ${rule}`);
      t.same([outcomes[i]!.code, outcomes[i]!.stderr], [code, ""], `${what}: ${rule}: exit code`);
    }
  }
});

t.test("credentials", async (t) => {
  const secret = ["-H", "Cookie: session_id=s3cret", "-H", "Authorization: Basic s3cret", `${acme}/`];
  for (const args of [secret, ["--json", ...secret]]) {
    const { stdout } = await run(args);
    t.notMatch(stdout, /s3cret/, "no cookie and no credential is printed");
    t.match(stdout, /Cookie: \(hidden\)/, "but that there is one is");
  }
});

t.test("as JSON", async (t) => {
  const document = JSON.parse((await run(["--json", `${acme}/web/login`])).stdout);
  t.match(document.end, {
    kind: "forwarded",
    tenant: "acme",
    pool: "odoo-17",
    workerReceives: /^GET \/web\/login HTTP\/1\.1\n/,
  });
  t.same(
    document.steps.map(({ number, verdict }: { number: number; verdict: string }) => [number, verdict]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13].map((number) => [number, "next"]),
    "as JSON: every step with its number and verdict",
  );
  const refused = JSON.parse((await run(["--json", `${acme}/web/database`])).stdout);
  t.match(refused.end, { kind: "answered", code: "door_closed", status: 403, body: "blocked by the edge" });
});

t.test("what cannot be explained", async (t) => {
  const short = await run(["-H", "Content-Length: 9", "-d", "abc", `${acme}/`]);
  t.same([short.code, short.stdout], [2, ""], "a length that is not the body's cannot be explained");
  t.match(short.stderr, /body of 9 bytes: 3 are given/);
  t.match(await runCli(["explain", "-c", "no-such-folder", "http://a.example/"]), {
    code: 1,
    stderr: /error\[unreadable\]/,
  });
});
