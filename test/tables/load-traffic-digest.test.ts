import t from "tap";
import { type AskedTraffic, trafficDigest } from "../../src/load/traffic-digest.ts";
import { urlTraffic, type WrittenRequest } from "../../src/load/url-traffic.ts";

const written: WrittenRequest = {
  method: "POST",
  target: "/web?debug=1",
  fields: ["Cookie: a=b"],
  body: "x",
  expect: [200],
};
const of = (request: Partial<WrittenRequest>, hosts = ["a.example", "b.example"], zipf = 1) =>
  urlTraffic({ ...written, ...request }, hosts, zipf);
const asked: AskedTraffic = { traffic: of({}), externalPort: null, expectWorker: "" };

const changes: Readonly<Record<string, Partial<AskedTraffic>>> = {
  method: { traffic: of({ method: "PUT" }) },
  path: { traffic: of({ target: "/?debug=1" }) },
  query: { traffic: of({ target: "/web?debug=2" }) },
  field: { traffic: of({ fields: ["Cookie: a=c"] }) },
  body: { traffic: of({ body: "y" }) },
  "expected status": { traffic: of({ expect: [200, 303] }) },
  hosts: { traffic: of({}, ["a.example", "c.example"]) },
  "order of hosts": { traffic: of({}, ["b.example", "a.example"]) },
  popularity: { traffic: of({}, ["a.example", "b.example"], 1.1) },
  clients: { traffic: { ...of({}), clients: 5 } },
  "external port": { externalPort: 443 },
  "expected worker": { expectWorker: "w" },
};
for (const [what, changed] of Object.entries(changes)) {
  t.not(trafficDigest({ ...asked, ...changed }), trafficDigest(asked), what);
}
const reworded = { ...asked, traffic: { ...of({}), words: "other words" } };
t.equal(trafficDigest(reworded), trafficDigest(asked), "words decide nothing");
t.match(trafficDigest(asked), /^[0-9a-f]{16}$/, "and it says nothing");
