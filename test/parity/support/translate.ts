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
  /** Policies that count for nothing where another one applies without merging, one line each in the translator's words. */
  readonly overridden: readonly string[];
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
  const judgements = judge(manifests, Object.values(resources).flat());
  const problems = [...missingTargets(manifests), ...judgements.filter(isProblem).map(lineOf)];
  if (problems.length > 0) throw new Error(`not accepted by Envoy Gateway:\n${problems.join("\n")}`);
  const [gateway, ...others] = Object.values(xds);
  if (gateway === undefined || others.length > 0) throw new Error(`${Object.keys(xds).length} gateways instead of one`);
  const dump = readXdsDump(gateway.configs);
  const overridden = judgements.filter(({ type, status }) => type === "Overridden" && status === "True").map(lineOf);
  return { xds: dump, overridden, bootstrap: (options) => toBootstrap(dump, options) };
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

/** The translator says nothing of a target that is not there as long as a policy has another that is. */
function missingTargets(manifests: readonly Manifest[]): string[] {
  const known = new Set(manifests.map(keyOf));
  return manifests.flatMap((manifest) => {
    const { targetRefs = [], targetRef } = (manifest.spec ?? {}) as Targeting;
    return [...targetRefs, ...(targetRef === undefined ? [] : [targetRef])]
      .map(({ kind, name }) => `${kind} ${manifest.metadata.namespace}/${name}`)
      .filter((target) => !known.has(target))
      .map((target) => `${keyOf(manifest)}: its target ${target} does not exist`);
  });
}

interface Target {
  readonly kind: string;
  readonly name: string;
}

interface Targeting {
  readonly targetRefs?: readonly Target[];
  readonly targetRef?: Target;
}

/** A condition of Kubernetes. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A condition and the object that it is about. */
interface Judgement extends Condition {
  readonly object: string;
}

/** Conditions are said of an object as a whole, or of a listener, parent or ancestor. */
interface Status {
  readonly conditions?: readonly Condition[];
  readonly [list: string]: unknown;
}

/** Conditions that tell how policies were put together: neither value is a problem. */
const informative: ReadonlySet<string> = new Set(["Overridden", "Merged", "Aggregated"]);
/** Conditions that are good when they are False or absent. */
const negative: ReadonlySet<string> = new Set(["Warning", "PartiallyInvalid", "Conflicted", "OverlappingTLSConfig"]);
/** Kinds of which the translator must say something. */
const judged = /^(GatewayClass|Gateway|.*Route|.*Policy)$/;

function judge(manifests: readonly Manifest[], translated: readonly unknown[]): Judgement[] {
  const byKey = new Map((translated as readonly Manifest[]).map((object) => [keyOf(object), object]));
  return manifests
    .filter(({ kind }) => judged.test(kind))
    .flatMap((manifest) => {
      const object = keyOf(manifest);
      const { conditions = [], ...lists } = (byKey.get(object)?.status ?? {}) as Status;
      const nested = Object.values(lists).flatMap((list) => (Array.isArray(list) ? (list as Status[]) : []));
      const all = [conditions, ...nested.map((entry) => entry.conditions ?? [])].flat();
      const silence = { type: "Accepted", status: "Unknown", reason: "None", message: "nothing is said of it" };
      return (all.length === 0 ? [silence] : all).map((condition) => ({ ...condition, object }));
    });
}

function isProblem({ type, status }: Judgement): boolean {
  return !informative.has(type) && (status === "True") === negative.has(type);
}

function lineOf({ object, type, status, reason, message }: Judgement): string {
  return `${object}: ${type}=${status} ${reason}: ${message}`;
}

function keyOf({ kind, metadata }: Manifest): string {
  return kind === "GatewayClass" ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}
