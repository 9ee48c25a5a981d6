/** A real Envoy with the manifests of a catalog, as a side of a bench. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingTools } from "../../scripts/install-parity.ts";
import { emitManifests } from "../../src/gateway-api/emit.ts";
import { lintGateway } from "../../src/gateway-api/lint.ts";
import type { Manifest } from "../../src/gateway-api/manifest.ts";
import { checkCatalog } from "../../src/plan/check.ts";
import { startEnvoy } from "../../test/parity/support/envoy.ts";
import { translate } from "../../test/parity/support/translate.ts";
import { freePort } from "../../test/support/nginx.ts";
import { pinToProxyCore } from "./processes.ts";
import type { Side } from "./sides.ts";

const edge = `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: bench }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: 8080, externalPort: 80 } ]
  productionGuard: Deny
`;

/** Throws, saying how to install them, when Envoy or its translator is not there. */
export function needEnvoy(): void {
  const missing = missingTools().filter(({ name }) => /^(?:envoy|egctl) /.test(name));
  const lines = missing.map(({ name, install }) => `${name} is not installed: ${install}`);
  if (lines.length > 0) throw new Error(`cannot measure Envoy\n${lines.join("\n")}`);
}

/** Starts Envoy before one worker; `catalog` is what follows the Edge document. The translation takes 0.1 s a manifest. */
export async function startEnvoySide(name: string, catalog: string, workerPort: number): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), "hostward-bench-"));
  try {
    const file = join(folder, "catalog.yaml");
    await writeFile(file, `${edge}---\n${catalog}`);
    const translated = await translate(manifestsOf(file), folder, () => "127.0.0.1");
    const endpointAt = () => ({ address: "127.0.0.1", port: workerPort });
    const envoy = await startEnvoy(translated.bootstrap({ port: await freePort(), endpointAt }));
    pinToProxyCore(envoy.pid);
    return { name, port: envoy.port, pid: envoy.pid, close: envoy.close };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function manifestsOf(file: string): Manifest[] {
  const { plan, problems } = checkCatalog([file], [lintGateway]);
  if (plan === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return emitManifests(plan, { customerAccess: "none", version: "bench" }).files.flatMap(({ manifests }) => manifests);
}
