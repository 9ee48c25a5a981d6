/** One request ahead of a run, so that a load is never made of a mistake. */
import { setTimeout } from "node:timers";
import { type Address, LoadConnection } from "./load-connection.ts";
import { LoadError } from "./load-error.ts";
import { seededRandom } from "./random.ts";
import type { ErrorKind } from "./result.ts";
import type { RunSettings } from "./settings.ts";
import { requestSource } from "./traffic.ts";

const reasons: Readonly<Record<ErrorKind, string>> = {
  connect: "nobody listens there",
  reset: "it ended the connection before it answered",
  timeout: "it did not answer in time",
  malformed: "its answer is no HTTP/1.1",
  status: "its answer has another status than expected",
  misrouted: "the answer is another worker's, or for another host",
};

/** Asks once; throws a LoadError of `target` when the answer is not right. */
export async function preflight(settings: RunSettings, name: string, address: Address): Promise<void> {
  const { traffic, externalPort, seed, expectWorker, timeoutMs } = settings;
  const request = requestSource(traffic, externalPort ?? address.port, seededRandom(seed))();
  const { error, status } = await new Promise<{ error: ErrorKind | null; status: number }>((resolve) => {
    const connection = new LoadConnection({
      address,
      buffer: Buffer.alloc(64 * 1024),
      expectWorker,
      arrived: () => {},
      ended: ({ reader }, _, error) => {
        clearTimeout(timer);
        resolve({ error, status: reader.status });
        connection.close();
      },
    });
    const timer = setTimeout(() => connection.give("timeout"), timeoutMs);
    connection.send(request, performance.now());
  });
  if (error === null) return;
  const at = address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
  const got = error === "status" ? ` (${status} for ${request.expect.join(" or ")})` : "";
  const hint =
    error === "status" ? "--expect says which statuses are right, --host which tenant is asked" : "is it running?";
  throw new LoadError("target", `the target \`${name}\` at ${at} cannot be measured: ${reasons[error]}${got}`, hint);
}
