/** Clients that take their answers late or never: the worker is let go, memory is bounded, and patience ends. */
import { request, until } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const megabytes = 64;
const endless: WorkerScript = {
  onRequest: () => [
    { write: `HTTP/1.1 200 OK\r\nContent-Length: ${megabytes << 20}\r\n\r\n` },
    ...Array.from({ length: megabytes }, () => ({ write: Buffer.alloc(1 << 20, 0x61) })),
  ],
};

scenario(
  "one that reads late gets all, and the worker waits meanwhile",
  { edge: "http: { responseMax: 1Mi }", script: endless },
  async (scene, t) => {
    const client = await scene.client();
    client.socket.pause();
    client.send(request("GET /"));
    await until("the response began", async () => (await scene.metric("connects_total", { result: "opened" })) === 1);
    const before = process.memoryUsage.rss();
    let taken = 0;
    await until("the worker's bytes stop", async () => {
      const [connection] = scene.worker.connections;
      const now = connection?.unsent ?? 0;
      const stopped = now > 0 && now === taken;
      taken = now;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return stopped;
    });
    t.ok(taken > (megabytes << 20) / 2, "most of it is still the worker's");
    t.ok(process.memoryUsage.rss() - before < 200 << 20);
    t.equal(await scene.metric("requests_in_flight"), 1);
    client.socket.resume();
    await until("all received", () => client.bytes > megabytes << 20);
    t.match(await scene.line(0), { status: 200, code: "", bytes_out: megabytes << 20 });
  },
);

scenario(
  "one that reads nothing is cut",
  { edge: "http: { responseMax: 1Mi, writeTimeout: 300ms }", script: endless },
  async (scene, t) => {
    const client = await scene.client();
    client.socket.pause();
    client.send(request("GET /"));
    t.match(await scene.line(0), { status: 200, code: "client_stalled", flag: "DC" });
    t.equal(await scene.metric("client_timeouts_total", { phase: "write" }), 1);
    await scene.worker.settled(1000);
    client.socket.resume();
    t.equal(await client.end(), "reset");
  },
);

scenario(
  "one that reads nothing of an answer that is complete is cut, too",
  {
    edge: "http: { responseMax: 16Mi, writeTimeout: 300ms }",
    script: { onRequest: () => answer(200, Buffer.alloc(12 << 20), "close") },
  },
  async (scene, t) => {
    const client = await scene.client();
    client.socket.pause();
    client.send(request("GET /", ["Connection: close"]));
    t.match(await scene.line(0), { status: 200, code: "" }, "the worker is free");
    await until("it is gone", async () => (await scene.metric("connections_open")) === 0);
    t.equal(await scene.metric("client_timeouts_total", { phase: "write" }), 1);
  },
);
