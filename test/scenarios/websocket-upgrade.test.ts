/** Who may open a WebSocket, where it leads, and what becomes of an upgrade that is not accepted. */
import { requestWithBody, until } from "../support/live-client.ts";
import { answer, type WorkerAction } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";

const script = { onRequest: accepting((socket) => socket.resume()) };
const head = "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
const wrong: readonly (readonly [rule: string, text: string])[] = [
  ["a wrong accept value", `${head}Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n`],
  ["no accept value", `${head}\r\n`],
  [
    "another protocol",
    "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
  ],
];
for (const [rule, write] of wrong) {
  const onRequest = (): WorkerAction[] => [{ write }, { write: "leak" }];
  scenario(`a 101 with ${rule} gives 502`, { script: { onRequest } }, async (scene, t) => {
    const client = await scene.client();
    t.match(await client.send(upgrade()).responses(1), [{ status: 502 }]);
    t.match(await scene.line(0), { code: "malformed_response", tunnel: false });
    t.notMatch(client.text, "leak");
    await scene.worker.settled(1000);
  });
}

scenario(
  "any other answer is relayed and the connection closed",
  { script: { onRequest: () => answer(400, "no", "keep-alive") } },
  async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(`${upgrade()}frames of a hasty client`).responses(1);
    t.match(response, { status: 400, body: "no", closes: true });
    t.equal(await client.end(), "closed");
    t.equal(scene.edge.lines.length, 1);
  },
);

const ports: readonly (readonly [rule: string, odoo: string, bytes: string, realtime: boolean])[] = [
  ["/websocket", "16.0", upgrade(), true],
  ["another path", "18.0", upgrade("/websocket/x"), false],
  ["/websocket with inner slashes", "18.0", upgrade("/x//websocket"), false],
  ["/websocket of Odoo 15", "15.0", upgrade(), false],
  ["a long poll of Odoo 15", "15.0", requestWithBody("POST /longpolling/poll", "{}"), true],
  ["a long poll of Odoo 16", "16.0", requestWithBody("POST /longpolling/poll", "{}"), false],
];
for (const [rule, odoo, bytes, realtime] of ports) {
  const setup = {
    odoo,
    script: { onRequest: () => answer(200, "", "close") },
    endpoints: (live: number) => (realtime ? [[1, live] as const] : [[live, 1] as const]),
  };
  scenario(`${rule} goes to the ${realtime ? "realtime" : "HTTP"} port`, setup, async (scene, t) => {
    const client = await scene.client();
    t.match(await client.send(bytes).responses(1), [{ status: 200 }]);
    const names = scene.arrived[0]!.fields.map(([name]) => name);
    t.equal(
      names.includes("Upgrade"),
      realtime && rule === "/websocket",
      "an upgrade elsewhere is an ordinary request",
    );
  });
}

scenario(
  "sockets are capped by client and tenant, and given back",
  { script, edge: "trustedProxies: [ 127.0.0.1/32 ]", tier: "sockets: { perTenant: 2, perClient: 1 }" },
  async (scene, t) => {
    const open = async (address: string) => {
      const client = await scene.client();
      const [response] = await client.send(upgrade("/websocket", [`X-Forwarded-For: ${address}`])).responses(1);
      return { client, status: response!.status };
    };
    const first = await open("203.0.113.1");
    const statuses = [first.status];
    for (const n of [1, 2, 3]) statuses.push((await open(`203.0.113.${n}`)).status);
    t.strictSame(statuses, [101, 503, 101, 503]);
    t.match(
      scene.edge.lines.map(({ code }) => code),
      ["sockets_exhausted", "sockets_exhausted"],
    );
    first.client.reset();
    await until("it is gone", async () => (await scene.metric("tunnels_open")) === 1);
    t.equal((await open("203.0.113.3")).status, 101);
  },
);

scenario(
  "a realtime port that refuses is passed over",
  {
    script,
    endpoints: (live) => [
      [1, 1],
      [live, live],
    ],
  },
  async (scene, t) => {
    for (let i = 0; i < 4; i++) {
      const client = await scene.client();
      t.match(await client.send(upgrade()).responses(1), [{ status: 101 }]);
    }
  },
);
