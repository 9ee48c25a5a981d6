/** A fault of the edge's own answers 500 with a code, is told and counted, holds nothing back, and is over. */
import { stepsOf } from "../../src/router/modes.ts";
import type { Step } from "../../src/router/pipeline.ts";
import { request, requestWithBody } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";

/** Makes a step throw until the function that is returned is called. */
function broken(step: Step): () => void {
  const { run } = step;
  step.run = () => {
    throw new Error("made up");
  };
  return () => {
    step.run = run;
  };
}

for (const step of stepsOf.edge) {
  scenario(`a fault in step ${step.name}`, { pool: "workers: 1", faults: [step.name, step.name] }, async (scene, t) => {
    const mend = broken(step);
    const plain = await scene.ask(request("GET /"));
    const json = await scene.ask(
      requestWithBody("POST /web/dataset", "{}", ["Content-Type: application/json"]),
      "POST",
    );
    mend();
    t.match(plain, { status: 500, body: "internal fault", faults: [] });
    t.match(json, { status: 500 });
    t.equal((await scene.ask(request("GET /"))).status, 200, "the edge goes on, and the only slot is free");
    t.strictSame((await scene.codes(3)).slice(0, 2), ["internal", "internal"]);
    t.equal(await scene.metric("requests_total", { code: "internal" }), 2);
  });
}
