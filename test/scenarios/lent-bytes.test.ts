/** All sockets read into one buffer: what one connection sent must never be found in another's request. */
import t from "tap";
import { readsShared } from "../../src/router/read-into.ts";
import { requestWithBody } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";

t.ok(readsShared, "this version of Node lets accepted sockets share a buffer");

const CLIENTS = 24;
/** A head that is not whole, its rest with a part of the body, the body's rest; in the second run all but the body's end. */
const cuts: ReadonlyArray<readonly [rule: string, share: readonly number[]]> = [
  ["in three pieces", [0.1, 0.6]],
  ["in many pieces", Array.from({ length: 19 }, (_, i) => (i + 1) / 20)],
];
for (const [rule, shares] of cuts) {
  scenario(`requests that come ${rule}, in turns, arrive as they were sent`, {}, async (scene, t) => {
    const bodies = Array.from({ length: CLIENTS }, (_, i) => `${i}:${String.fromCharCode(65 + i).repeat(600 + 7 * i)}`);
    const wires = bodies.map((body) => requestWithBody("POST /", body));
    const clients = await Promise.all(wires.map(() => scene.client()));
    const pieces = wires.map((wire) => {
      const at = [0, ...shares.map((share) => Math.floor(share * wire.length)), wire.length];
      return at.slice(1).map((end, i) => wire.slice(at[i]!, end));
    });
    for (let piece = 0; piece <= shares.length; piece++) {
      for (const [i, client] of clients.entries()) client.send(pieces[i]![piece]!);
      await new Promise((resolve) => setTimeout(resolve, 5)); // so that each piece is a read of its own
    }
    const statuses = await Promise.all(clients.map(async (client) => (await client.responses(1))[0]!.status));
    t.strictSame(
      statuses,
      statuses.map(() => 200),
    );
    t.strictSame(scene.arrived.map(({ body }) => body).sort(), bodies.toSorted());
  });
}

scenario("what was pipelined behind a request that waits is still there afterwards", {}, async (scene, t) => {
  const [one, other] = [await scene.client(), await scene.client()];
  const wires = ["first", "second", "third"].map((body) => requestWithBody("POST /", body));
  one.send(wires.join("").slice(0, -2));
  for (let i = 0; i < 20; i++) {
    other.send(requestWithBody("POST /", "x".repeat(400)));
    await other.responses(i + 1);
  }
  one.send(wires.join("").slice(-2));
  t.strictSame(
    (await one.responses(3)).map(({ status }) => status),
    [200, 200, 200],
  );
  t.strictSame(
    scene.arrived.map(({ body }) => body).filter((body) => !body.startsWith("x")),
    ["first", "second", "third"],
  );
});
