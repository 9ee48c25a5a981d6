/** An edge in a process of its own, which a test starts with few file descriptors. Says its port, and at the end what it saw. */
import { startTestEdge } from "./edge.ts";
import { sceneCatalog } from "./scene.ts";

const edge = await startTestEdge({ catalog: sceneCatalog({}, Number(process.argv[2])) });
process.stdout.write(`${edge.port}\n`);
process.stdin.once("data", async () => {
  const { values } = await edge.metrics.registry.getSingleMetric("hostward_connections_refused_total")!.get();
  const refused = values.find(({ labels }) => labels.reason === "descriptors")?.value;
  process.stdout.write(
    `${JSON.stringify({ refused, faults: edge.faults.map(({ cause }) => String(cause)), codes: edge.lines.map(({ code }) => code) })}\n`,
  );
  await edge.close();
  process.exit(0);
});
