/** Without file descriptors the edge turns clients away, counts it, and serves again when there are some. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import t from "tap";
import { LiveClient, request, until } from "../support/live-client.ts";
import { startRecordingWorker } from "../support/recording-worker.ts";

t.test("no file descriptors left", async (t) => {
  const worker = await startRecordingWorker();
  const script = fileURLToPath(new URL("../support/starved-edge.ts", import.meta.url));
  const command = `ulimit -n 64; exec "${process.execPath}" "${script}" ${worker.port}`;
  const edge = spawn("sh", ["-c", command], { stdio: ["pipe", "pipe", "inherit"] });
  t.teardown(async () => {
    edge.kill();
    await worker.close();
  });
  const [line] = await once(edge.stdout, "data");
  const port = Number(line);
  const ask = async () => {
    // While there are none, the kernel's queue takes a client that the edge then resets, maybe before it can send.
    const client = await LiveClient.open(port).catch(() => null);
    if (client === null) return "";
    client.send(request("GET /"));
    await until("an answer or an end", () => client.ended !== "" || client.text.endsWith("GET /"));
    client.socket.destroy();
    return client.text;
  };
  t.match(await ask(), /^HTTP\/1\.1 200 /);
  const crowd = Array.from({ length: 100 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  await until("some are turned away", () =>
    crowd.some((socket) => socket.readableEnded || socket.destroyed || socket.closed),
  );
  for (const socket of crowd) socket.destroy();
  await until("it serves again", async () => (await ask()).startsWith("HTTP/1.1 200 "));
  edge.stdin.write("report\n");
  const [report] = await once(edge.stdout, "data");
  const { refused, faults, codes } = JSON.parse(report);
  t.ok(refused > 0, `${refused} turned away`);
  t.strictSame(faults, []);
  t.ok(
    codes.every((code: string) => code === "" || code === "connect_failure"),
    "a worker that cannot be connected to for that is 503",
  );
  await once(edge, "exit");
});
