/** A response that broke off was followed by an RST, which discarded whole pipelined answers on their way. */
import { request } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const HALF_MIB = 512 * 1024;

/** Half a MiB whole, then a response that breaks off. */
const breakingOff: WorkerScript = {
  onRequest: ({ target }) =>
    target === "/whole"
      ? answer(200, "a".repeat(HALF_MIB), "keep-alive")
      : [{ write: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" }, { end: "reset" }],
};

scenario(
  "a response that breaks off takes no whole answer before it along",
  { script: breakingOff },
  async (scene, t) => {
    const client = await scene.client();
    client.socket.pause();
    client.send(request("GET /whole") + request("GET /broken"));
    t.match(await scene.line(1), { code: "response_cut", path: "/broken" });
    client.socket.resume();
    await client.end();
    const whole = /\r\n\r\n(a*)/.exec(client.text)?.[1]?.length;
    t.equal(whole, HALF_MIB, "the first answer is complete");
    t.ok(client.text.endsWith("half"), "the second is cut, and its Content-Length says so");
  },
);
