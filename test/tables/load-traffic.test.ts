import t from "tap";
import { seededRandom } from "../../src/load/random.ts";
import { hostMark, originMark, picker, prepare, requestSource } from "../../src/load/traffic.ts";
import { urlTraffic } from "../../src/load/url-traffic.ts";

const template = { weight: 1, method: "POST", head: "", body: "", expect: [200], upgrade: false };

t.test("a request's bytes", async (t) => {
  const head = `/web?u=${originMark}\r\nReferer: ${originMark}/web\r\nX-Host: ${hostMark}`;
  const made = prepare({ ...template, head, body: `{"h":"${hostMark}"}` }, "Acme.example", 8080);
  t.equal(
    made.text,
    'POST /web?u=http://Acme.example:8080 HTTP/1.1\r\nHost: Acme.example\r\nReferer: http://Acme.example:8080/web\r\nX-Host: Acme.example\r\nContent-Length: 20\r\n\r\n{"h":"Acme.example"}',
  );
  t.equal(made.host, "acme.example", "as a worker sees it");
});

const origins: ReadonlyArray<readonly [host: string, port: number, origin: string]> = [
  ["a.example", 443, "https://a.example"],
  ["a.example", 80, "http://a.example"],
  ["a.example", 8080, "http://a.example:8080"],
  ["a.example:8080", 8080, "http://a.example:8080"],
];
for (const [host, port, origin] of origins) {
  const { text } = prepare({ ...template, method: "GET", head: `/${originMark}` }, host, port);
  t.equal(text, `GET /${origin} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, `origin of ${host} at ${port}`);
}

const lengths: ReadonlyArray<readonly [rule: string, method: string, body: string, length: string | null]> = [
  ["a GET has none", "GET", "", null],
  ["an empty POST says so", "POST", "", "0"],
  ["bytes are counted, not letters", "POST", "é", "2"],
];
for (const [rule, method, body, length] of lengths) {
  const traffic = urlTraffic({ method, target: "/", fields: [], body, expect: [200] }, ["a.example"], 0);
  const { text } = requestSource(traffic, 80, seededRandom(1))();
  t.equal(/Content-Length: (\d+)/.exec(text)?.[1] ?? null, length, rule);
}

t.test("what a user writes replaces what is usual, and no query is told", async (t) => {
  const written = { method: "GET", target: "/a?token=secret", fields: ["user-agent: mine"], body: "", expect: [200] };
  const traffic = urlTraffic(written, ["a.example"], 0);
  t.equal(traffic.words, "GET /a");
  const { text } = requestSource(traffic, 80, seededRandom(1))();
  t.equal(text, "GET /a?token=secret HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nuser-agent: mine\r\n\r\n");
});

t.test("hosts are as popular as Zipf's law says", async (t) => {
  const draws = 200_000;
  const hosts = [1, 2, 3, 4];
  const counts = hosts.map(() => 0);
  const pick = picker(
    hosts.map((rank) => rank ** -1),
    seededRandom(3),
  );
  for (let i = 0; i < draws; i++) counts[pick()]!++;
  const sum = hosts.reduce((total, rank) => total + 1 / rank, 0);
  for (const [i, count] of counts.entries()) {
    const share = 1 / (i + 1) / sum;
    // For the seed a constant; the bound is five standard errors.
    t.ok(Math.abs(count / draws - share) < 5 * Math.sqrt((share * (1 - share)) / draws), `host ${i + 1}: ${count}`);
  }
});
