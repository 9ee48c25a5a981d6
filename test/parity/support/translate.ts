/** Puts manifests, unchanged, through Envoy Gateway's own translator. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parityTools } from "../../../scripts/install-parity.ts";
import { type Bootstrap, type BootstrapOptions, readXdsDump, toBootstrap, type XdsDump } from "./bootstrap.ts";

const execute = promisify(execFile);

/** A document of Kubernetes, as far as tests read it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** A Service that a document names as a backend. */
export interface BackendService {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly number[];
}

/** What the translator made of the manifests. */
export interface TranslatedGateway {
  readonly xds: XdsDump;
  /** A configuration that Envoy runs without a control plane. */
  bootstrap(options: BootstrapOptions): Bootstrap;
}

/** Only these are read by Envoy Gateway; others (kustomizations, roles) are for somebody else. */
const readGroups: ReadonlySet<string> = new Set(["gateway.networking.k8s.io", "gateway.envoyproxy.io"]);
const readCoreKinds: ReadonlySet<string> = new Set(["Namespace", "Service", "Secret", "ConfigMap"]);

/**
 * Translates the documents as Envoy Gateway would, with a Service added for every backend that has none; its address is
 * what `addressOf` says, of 127.0.0.0/8. Writes the file that it hands over into `folder`. Throws with all that the
 * translator did not accept.
 */
export async function translate(
  documents: readonly object[],
  folder: string,
  addressOf: (service: BackendService) => string,
): Promise<TranslatedGateway> {
  const manifests = (documents as readonly Manifest[]).filter(isRead);
  const services = missingServices(manifests).map((service) => serviceManifest(service, addressOf(service)));
  const file = join(folder, "translate.yaml");
  await writeFile(file, [...manifests, ...services].map((document) => `${JSON.stringify(document)}\n`).join("---\n"));
  const args = ["x", "translate", "--from", "gateway-api", "--to", "gateway-api,xds", "-t", "all", "-o", "json", "-f"];
  const { stdout } = await execute(parityTools.egctl, [...args, file], { maxBuffer: 1 << 29 }).catch(explain);
  const { xds = {}, ...resources } = JSON.parse(stdout) as TranslatorOutput;
  const problems = unacceptedConditions(manifests, Object.values(resources).flat());
  if (problems.length > 0) throw new Error(`not accepted by Envoy Gateway:\n${problems.join("\n")}`);
  const [gateway, ...others] = Object.values(xds);
  if (gateway === undefined || others.length > 0) throw new Error(`${Object.keys(xds).length} gateways instead of one`);
  const dump = readXdsDump(gateway.configs);
  return { xds: dump, bootstrap: (options) => toBootstrap(dump, options) };
}

interface TranslatorOutput {
  readonly xds?: Readonly<Record<string, { readonly configs: Parameters<typeof readXdsDump>[0] }>>;
  readonly [list: string]: unknown;
}

function isRead({ apiVersion, kind }: Manifest): boolean {
  const [group = "", version] = apiVersion.split("/");
  return version === undefined ? readCoreKinds.has(kind) : readGroups.has(group);
}

function explain(cause: unknown): never {
  const { stdout = "", stderr = "", message } = cause as { stdout?: string; stderr?: string; message: string };
  throw new Error(`egctl could not translate: ${stderr || stdout || message}`.slice(0, 4000));
}

/** Every Service that a field `backendRefs` or `backendRef` names and no document declares, sorted. */
export function missingServices(manifests: readonly Manifest[]): BackendService[] {
  const ports = new Map<string, Set<number>>();
  for (const manifest of manifests) {
    for (const { kind = "Service", name, namespace = manifest.metadata.namespace ?? "default", port } of refsIn(
      manifest,
    )) {
      if (kind !== "Service" || port === undefined) continue;
      const key = `${namespace}/${name}`;
      ports.set(key, (ports.get(key) ?? new Set()).add(port));
    }
  }
  for (const { kind, metadata } of manifests) {
    if (kind === "Service") ports.delete(`${metadata.namespace ?? "default"}/${metadata.name}`);
  }
  return [...ports].sort().map(([key, found]) => {
    const [namespace = "", name = ""] = key.split("/");
    return { namespace, name, ports: [...found].sort((a, b) => a - b) };
  });
}

interface BackendRef {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
}

function refsIn(value: unknown): BackendRef[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    if (field === "backendRefs") return inner as BackendRef[];
    return field === "backendRef" ? [inner as BackendRef] : refsIn(inner);
  });
}

function serviceManifest({ namespace, name, ports }: BackendService, clusterIP: string): Manifest {
  const named = ports.map((port) => ({ name: `port-${port}`, port, targetPort: port, protocol: "TCP" }));
  return { apiVersion: "v1", kind: "Service", metadata: { namespace, name }, spec: { clusterIP, ports: named } };
}

/** A condition and what it is about. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface Status {
  readonly conditions?: readonly Condition[];
  readonly listeners?: ReadonlyArray<{ readonly conditions?: readonly Condition[] }>;
  readonly parents?: ReadonlyArray<{ readonly conditions?: readonly Condition[] }>;
  readonly ancestors?: ReadonlyArray<{ readonly conditions?: readonly Condition[] }>;
}

/** Conditions that tell how policies were put together: neither value is a problem. */
const informative: ReadonlySet<string> = new Set(["Overridden", "Merged", "Aggregated"]);
/** Conditions that are good when they are False or absent. */
const negative: ReadonlySet<string> = new Set(["Warning", "PartiallyInvalid", "Conflicted", "OverlappingTLSConfig"]);
/** Kinds of which the translator must say something. */
const judged = /^(GatewayClass|Gateway|.*Route|.*Policy)$/;

function unacceptedConditions(manifests: readonly Manifest[], translated: readonly unknown[]): string[] {
  const byKey = new Map((translated as readonly Manifest[]).map((object) => [keyOf(object), object]));
  return manifests
    .filter(({ kind }) => judged.test(kind))
    .flatMap((manifest) => {
      const { conditions = [], ...lists } = (byKey.get(keyOf(manifest))?.status ?? {}) as Status;
      const nested = Object.values(lists).flatMap((list) => (Array.isArray(list) ? (list as Status[]) : []));
      const all = [conditions, ...nested.map((entry) => entry.conditions ?? [])].flat();
      if (all.length === 0) return [`${keyOf(manifest)}: the translator says nothing of it`];
      return all
        .filter(({ type, status }) => !informative.has(type) && (status === "True") === negative.has(type))
        .map(({ type, status, reason, message }) => `${keyOf(manifest)}: ${type}=${status} ${reason}: ${message}`);
    });
}

function keyOf({ kind, metadata }: Manifest): string {
  return kind === "GatewayClass" ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}
