import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import t from "tap";
import { listen } from "../../src/demo/listen.ts";
import { certificate, certificateKey } from "../support/certificate.ts";
import { freePort, runCli } from "../support/cli.ts";
import { startTestEdge } from "../support/edge.ts";
import { workersFor } from "../support/odoo.ts";
import { catalogFor } from "../support/verify.ts";

t.jobs = 4;
const workers = await workersFor(t, "17.0", "^%h$");
const edge = await startTestEdge({ catalog: catalogFor(workers, "17.0") });
t.teardown(() => edge.close());
const at = (port: number, url = "http://acme.localhost"): string[] => [
  "verify",
  url,
  "--rate",
  "200",
  "--connect",
  `127.0.0.1:${port}`,
];
const folder = mkdtempSync(join(tmpdir(), "hostward-verify-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

t.test("a leaking edge is exit 1 and a report to read", async (t) => {
  const { code, stdout, stderr } = await runCli(at(workers.httpPort));
  t.same([code, stderr], [1, ""]);
  t.match(
    stdout,
    /^✗ critical {2}manager\.list {2}NOT so: .*\n {4}sent {2}curl .*\n {4}got {3}200, .*\n {4}why {3}/,
    "the worst first",
  );
  t.match(stdout, /^To fix rpc\.json-list, .*\n {4}nginx: /m, "how to fix it");
  t.match(stdout, /^\? cookie\.query .*\n {4}cannot be seen from outside: /m, "what cannot be seen, and why");
  t.match(stdout, /^✓ cookie\.domain {2}/m, "what holds");
  t.match(
    stdout,
    /\nhttp:\/\/acme\.localhost: \d+ hold, \d+ violated \(\d+ critical, .*\), \d+ unknown; \d+ requests in [\d.]+ s\n$/,
    "a summary",
  );
  t.notMatch(stdout, /\x1b/, "no colour on a pipe");
  t.notMatch(stdout, /globex|initech/, "no name of a database that was not given");
});

t.test("a tight edge is exit 0, for people and for programs", async (t) => {
  const junit = join(folder, "report.xml");
  const { code, stdout, stderr } = await runCli([...at(edge.port), "--rate", "90", "--json", "--junit", junit]);
  t.same([code, stderr], [0, ""]);
  const { ok, counts, url, findings } = JSON.parse(stdout);
  t.match({ ok, counts, url }, { ok: true, counts: { violated: 0 }, url: "http://acme.localhost" });
  const fields = ["id", "title", "severity", "verdict", "sent", "saw", "why", "fix"];
  t.same(Object.keys(findings[0]), fields, "a finding has all its parts");
  const written = readFileSync(junit, "utf8");
  t.match(written, `tests="${counts.holds + counts.unknown}" failures="0"`, "JUnit counts alike");
});

t.test("JUnit on standard output takes the text's place", async (t) => {
  const { code, stdout } = await runCli([...at(workers.httpPort), "--junit", "-"]);
  t.equal(code, 1);
  t.match(stdout, /^<\?xml .*<\/testsuites>\n$/s, "nothing else is printed");
  t.match(stdout, /<testcase classname="rpc" name="rpc\.json-list: [^"]*"><failure type="critical" message="/);
  t.match(stdout, /<testcase classname="cookie" name="cookie\.query: [^"]*"><skipped message="/);
});

const tls = await listen(
  createTlsServer({ cert: certificate, key: certificateKey }, (client) => {
    const worker = connect(workers.httpPort, "127.0.0.1");
    client
      .on("error", () => worker.destroy())
      .pipe(worker.on("error", () => client.destroy()))
      .pipe(client);
  }),
  "127.0.0.1",
  0,
);
t.teardown(() => tls.close());

t.test("over TLS the session cookie has to be Secure", async (t) => {
  const { code, stdout } = await runCli([...at(tls.port, "https://acme.localhost"), "--insecure", "--json"]);
  const flags = JSON.parse(stdout).findings.find(({ id }: { id: string }) => id === "cookie.flags");
  t.match([code, flags], [1, { verdict: "violated", saw: /lacks Secure/, sent: /^curl -sSik / }]);
});

const silent = await listen(
  createServer(() => {}),
  "127.0.0.1",
  0,
);
t.teardown(() => silent.close());
const closedPort = await freePort();
const nothing: ReadonlyArray<readonly [rule: string, args: readonly string[], stderr: RegExp]> = [
  ["nobody listens", at(closedPort), /cannot reach 127\.0\.0\.1:\d+: connect ECONNREFUSED.*\n {2}hint: --connect/],
  [
    "a certificate that nobody trusts",
    at(tls.port, "https://acme.localhost"),
    /cannot reach .*self-signed certificate\n {2}hint: .*--insecure/,
  ],
  [
    "an edge that says nothing",
    at(silent.port),
    /cannot see Odoo's login page at acme\.localhost\/web\/login: no answer in time\n {2}hint: /,
  ],
  [
    "a hostname without a tenant",
    at(edge.port, "http://nobody.localhost"),
    /nobody\.localhost\/web\/login: 404, "no tenant on this host"/,
  ],
  ["a host that selects no database", at(workers.httpPort, "http://nobody.localhost"), /its host selects no database/],
  [
    "another tenant that is none",
    [...at(edge.port), "--other", "nobody.localhost"],
    /nobody\.localhost\/web\/login: 404/,
  ],
  [
    "a report that cannot be written",
    [...at(workers.httpPort), "--junit", join(folder, "no", "file")],
    /cannot write the JUnit report: ENOENT/,
  ],
];
const usage: typeof nothing = [
  ["no URL", ["verify"], /missing required argument 'url'/],
  ["a URL with a path", ["verify", "https://a.example/web"], /a scheme and a hostname/],
  ["an address in place of a hostname", ["verify", "https://192.0.2.1"], /a scheme and a hostname/],
  ["another tenant with a port", ["verify", "https://a.example", "--other", "b.example:80"], /must be a hostname/],
  ["nowhere to connect", ["verify", "https://a.example", "--connect", "here"], /must be HOST:PORT/],
  ["a port that is none", ["verify", "https://a.example", "--connect", "[::1]:99999"], /port from 1 to 65535/],
  ["a rate that is none", ["verify", "https://a.example", "--rate", "0"], /from 1 to 200/],
  [
    "two documents in one place",
    ["verify", "https://a.example", "--json", "--junit", "-"],
    /both want standard output/,
  ],
];
t.test("where nothing can be concluded, one line and a hint", async (t) => {
  const rows = [...nothing.map((row) => [1, ...row] as const), ...usage.map((row) => [2, ...row] as const)];
  const outcomes = await Promise.all(rows.map(([, , args]) => runCli(args)));
  for (const [i, [exit, rule, , stderr]] of rows.entries()) {
    const outcome = outcomes[i]!;
    t.same([outcome.code, outcome.stdout, /\n\s+at /.test(outcome.stderr)], [exit, "", false], `${rule}: exit ${exit}`);
    t.match(outcome.stderr, stderr, rule);
  }
});
