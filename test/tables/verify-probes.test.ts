import { spawnSync } from "node:child_process";
import t from "tap";
import { get, postXml, raw } from "../../src/verify/ask.ts";
import { probesFor } from "../../src/verify/probes.ts";
import { targetOf } from "../../src/verify/target.ts";
import { targetAt } from "../support/verify.ts";

const target = targetAt(8080);
const { free, last } = probesFor(target);
const probes = [...free, ...last];
const asks = probes.flatMap((probe) => probe.asks(target));

// What the run sends.
const destructive =
  /\/web\/database\/(?!manager|selector|list)|(?:create|duplicate|drop|dump|restore|rename|migrate|change_admin|set_loglevel)\b|execute/i;
t.notMatch(asks.map(({ bytes }) => bytes).join("\n"), destructive, "nothing is created, changed, dumped or dropped");
t.ok(asks.length <= 250, `the number of requests is bounded: ${asks.length}`);
const passwords = asks.flatMap(({ bytes }) =>
  [...bytes.matchAll(/password[="':\s]+([^"&\s]*)/g)].map(([, value]) => value),
);
t.same([...new Set(passwords)], ["hostward-verify"], "every password is made up");
const logins = asks.filter(({ bytes }) => bytes.startsWith("POST /web/login"));
t.ok(logins.length <= 41, `few logins: ${logins.length}`);

// What a probe says.
const ids = probes.map(({ id }) => id);
t.same(ids.length, new Set(ids).size, "every property has an id of its own");
for (const { id, title, why, fix } of probes) {
  t.match(id, /^[a-z]+\.[a-z0-9_.-]+$/, `${id}: the id`);
  t.ok(title !== "" && why !== "" && Object.keys(fix).length > 0, `${id}: title, reason and fix`);
}
const alone = targetOf({
  scheme: "http",
  authority: "a.example",
  port: 80,
  database: null,
  other: null,
  otherDatabase: null,
  connect: null,
  insecure: false,
});
t.same(
  probesFor(alone).free.filter(({ id }) => id.startsWith("other.")),
  [],
  "without another tenant nothing crosses",
);
const two = [targetAt(1).madeUp.host, targetAt(1).madeUp.host];
t.not(two[0], two[1], "made-up names are new in every run");

// The line to see it again.
const https = targetOf({
  scheme: "https",
  authority: "A.example:8443",
  port: 8443,
  database: "db",
  other: null,
  otherDatabase: null,
  connect: null,
  insecure: true,
});
const shown: ReadonlyArray<readonly [rule: string, line: string, want: string]> = [
  ["what is usual stays away", get(alone, "/a?b=c").shown, "curl -sSi --http1.1 --path-as-is 'http://a.example/a?b=c'"],
  [
    "the address is named",
    get(target, "/").shown,
    "curl -sSi --http1.1 --path-as-is --connect-to '::127.0.0.1:8080' 'http://acme.localhost/'",
  ],
  ["port and certificates too", get(https, "/").shown, "curl -sSik --http1.1 --path-as-is 'https://a.example:8443/'"],
  [
    "odd targets go apart",
    get(alone, "http://b.example/#x").shown,
    "curl -sSi --http1.1 --path-as-is --request-target 'http://b.example/#x' 'http://a.example/'",
  ],
  [
    "quotes are quoted",
    postXml(alone, "/x", "<a b='c'/>").shown,
    `curl -sSi --http1.1 --path-as-is -X POST -H 'Content-Type: text/xml' --data-binary '<a b='\\''c'\\''/>' 'http://a.example/x'`,
  ],
  [
    "curl repeats no field",
    get(alone, "/", "Host: a.example", "Host: b").shown,
    "printf 'GET / HTTP/1.1\\r\\nUser-Agent: hostward-verify\\r\\nHost: a.example\\r\\nHost: b\\r\\nConnection: close\\r\\n\\r\\n' | nc a.example 80",
  ],
  [
    "bytes are escaped",
    raw(https, "A\0'%\\\n").shown,
    "printf 'A\\000\\047%%\\\\\\n' | openssl s_client -quiet -connect a.example:8443 -servername a.example",
  ],
];
for (const [rule, line, want] of shown) t.equal(line, want, rule);
const bytes = "'%\\\r\n\0\xff\x01 9";
const printf = spawnSync("sh", ["-c", raw(alone, bytes).shown.replace(/ \| nc .*/, "")]);
t.equal(printf.stdout.toString("latin1"), bytes, "a shell's printf writes the same bytes");
t.notMatch(asks.map(({ shown }) => shown).join(""), /[\r\n]/, "every line is one line");
