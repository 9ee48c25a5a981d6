/**
 * A real Kubernetes API that serves the custom resources of Gateway API and Envoy Gateway, and nothing else: their
 * schemas, CEL rules and defaults are as in a cluster; there is no core API, RBAC or admission.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { parse } from "yaml";
import { parityTools } from "../../../scripts/install-parity.ts";
import { freePort } from "../../support/nginx.ts";
import { type Program, startProgram } from "./program.ts";
import type { Manifest } from "./translate.ts";

/** What became of a document. `unserved`: this server has no such kind, so it was not looked at. */
export interface Applied {
  readonly outcome: "created" | "replaced" | "refused" | "unserved";
  /** The server's status; 0 when it was not asked. */
  readonly status: number;
  /** Why, in the server's words; empty when it was taken. */
  readonly message: string;
}

/** The running API. */
export interface KubeApi {
  /** Creates the object or replaces it, with `fieldValidation=Strict`: unknown and repeated fields are refused. */
  apply(document: Manifest): Promise<Applied>;
  /** The object as it is stored, with defaults; null when there is none. Throws for a kind that is not served. */
  get(document: Manifest): Promise<Manifest | null>;
  /** Deletes the object; whether there was one. Throws for a kind that is not served. */
  delete(document: Manifest): Promise<boolean>;
  close(): Promise<void>;
}

/** What this file reads of a CustomResourceDefinition. */
interface Definition extends Manifest {
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced" | "Cluster";
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: ReadonlyArray<{ readonly name: string; readonly served: boolean }>;
  };
}

interface Reply {
  readonly status: number;
  readonly body: { readonly message?: string } & Partial<Manifest>;
}

type Call = (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object) => Promise<Reply>;

const definitionsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Starts etcd and the API server on free ports of loopback and waits until every kind is served; within 60 s. */
export async function startKubeApi(): Promise<KubeApi> {
  const folder = await mkdtemp(join(tmpdir(), "hostward-kube-"));
  const programs: Program[] = [];
  const close = async () => {
    for (const program of programs.toReversed()) await program.end();
    await rm(folder, { recursive: true });
  };
  try {
    const port = await startServers(folder, programs);
    const call = client(folder, port);
    const definitions = readDefinitions();
    await serve(call, definitions);
    return { ...objects(call, definitions), close };
  } catch (cause) {
    await close().catch(() => undefined);
    throw cause;
  }
}

async function startServers(folder: string, programs: Program[]): Promise<number> {
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const etcdOptions = {
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": etcdUrl,
    "advertise-client-urls": etcdUrl,
    "listen-peer-urls": `http://127.0.0.1:${peerPort}`,
    "log-level": "error",
  };
  const etcd = await startProgram(parityTools.etcd, flags(etcdOptions), folder);
  programs.push(etcd);
  writeCertificates(folder);
  await writeFile(join(folder, "kubeconfig"), JSON.stringify(noCoreApi));
  await etcd.listening(etcdPort);
  const kubeconfig = join(folder, "kubeconfig");
  const options = {
    "etcd-servers": etcdUrl,
    "bind-address": "127.0.0.1",
    "secure-port": `${port}`,
    "cert-dir": join(folder, "server"),
    "client-ca-file": join(folder, "ca.crt"),
    "authentication-skip-lookup": "true",
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    kubeconfig,
    "disable-admission-plugins": admissionPlugins.join(","),
    "enable-priority-and-fairness": "false",
  };
  const server = await startProgram(parityTools.apiServer, flags(options), folder);
  programs.push(server);
  await server.listening(port);
  return port;
}

function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

/** They ask a core API, and there is none. */
const admissionPlugins = [
  "NamespaceLifecycle",
  "MutatingAdmissionWebhook",
  "ValidatingAdmissionWebhook",
  "MutatingAdmissionPolicy",
  "ValidatingAdmissionPolicy",
];

/** The server wants to be told where the core API is: at a port that nothing listens on. */
const noCoreApi = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "http://127.0.0.1:1" } }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  users: [{ name: "none", user: {} }],
  "current-context": "none",
};

/** A certificate authority, and a client of the group that may do everything. */
function writeCertificates(folder: string): void {
  const certify = (name: string, subject: string, ...options: string[]) => {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${name}.key`];
    const args = ["req", "-x509", "-days", "2", ...key, "-out", `${name}.crt`, "-subj", subject, ...options];
    execFileSync(parityTools.openssl, args, { cwd: folder, stdio: "pipe" });
  };
  certify("ca", "/CN=parity");
  certify("client", "/O=system:masters/CN=parity", "-CA", "ca.crt", "-CAkey", "ca.key");
}

function client(folder: string, port: number): Call {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const connect = { ca: read("server/apiserver.crt"), cert: read("client.crt"), key: read("client.key") };
  const dispatcher = new Agent({ connect, keepAliveTimeout: 1000 });
  return async (method, path, body) => {
    const sent = body === undefined ? null : JSON.stringify(body);
    const headers = { "content-type": "application/json", accept: "application/json" };
    const reply = await request(`https://127.0.0.1:${port}${path}`, { method, dispatcher, headers, body: sent });
    const text = await reply.body.text();
    return { status: reply.statusCode, body: text.startsWith("{") ? JSON.parse(text) : { message: text } };
  };
}

function readDefinitions(): Definition[] {
  const files = readdirSync(parityTools.crds).filter((name) => name.endsWith(".yaml"));
  return files.map((name) => parse(readFileSync(join(parityTools.crds, name), "utf8")) as Definition);
}

/** Creates the definitions and waits until each of their kinds answers. */
async function serve(call: Call, definitions: readonly Definition[]): Promise<void> {
  await answers(call, definitionsPath);
  for (const definition of definitions) {
    const { status, body } = await call("POST", definitionsPath, definition);
    if (status !== 201) throw new Error(`the server refuses ${definition.metadata.name}: ${body.message}`);
  }
  for (const { spec } of definitions) {
    for (const { name, served } of spec.versions) {
      if (served) await answers(call, `/apis/${spec.group}/${name}/${spec.names.plural}`);
    }
  }
}

async function answers(call: Call, path: string): Promise<void> {
  let reply = await call("GET", path);
  for (let waitedMs = 0; reply.status !== 200 && waitedMs < 30_000; waitedMs += 50) {
    await sleep(50);
    reply = await call("GET", path);
  }
  if (reply.status !== 200) throw new Error(`${path} is not served after 30 s: ${reply.status} ${reply.body.message}`);
}

function objects(call: Call, definitions: readonly Definition[]): Omit<KubeApi, "close"> {
  const byKind = new Map(definitions.map(({ spec }) => [`${spec.group} ${spec.names.kind}`, spec]));
  const collectionOf = ({ apiVersion, kind, metadata }: Manifest): string | null => {
    const spec = byKind.get(`${apiVersion.split("/")[0]} ${kind}`);
    if (spec === undefined) return null;
    const scope = spec.scope === "Namespaced" ? `namespaces/${metadata.namespace ?? "default"}/` : "";
    return `/apis/${apiVersion}/${scope}${spec.names.plural}`;
  };
  const pathOf = (document: Manifest): string => {
    const collection = collectionOf(document);
    if (collection === null) throw new Error(`no ${document.kind} of ${document.apiVersion} is served here`);
    return `${collection}/${document.metadata.name}`;
  };
  const read = async (document: Manifest) => {
    const { status, body } = await call("GET", pathOf(document));
    return status === 200 ? (body as Manifest) : null;
  };
  return {
    get: read,
    async delete(document) {
      return (await call("DELETE", pathOf(document))).status === 200;
    },
    async apply(document) {
      const collection = collectionOf(document);
      if (collection === null) {
        return {
          outcome: "unserved",
          status: 0,
          message: `no ${document.kind} of ${document.apiVersion} is served here`,
        };
      }
      const created = await call("POST", `${collection}?fieldValidation=Strict`, document);
      if (created.status !== 409) return verdict("created", created);
      const { resourceVersion } = (await read(document))!.metadata as { readonly resourceVersion?: string };
      const newer = { ...document, metadata: { ...document.metadata, resourceVersion } };
      return verdict("replaced", await call("PUT", `${pathOf(document)}?fieldValidation=Strict`, newer));
    },
  };
}

function verdict(outcome: "created" | "replaced", { status, body }: Reply): Applied {
  if (status === 200 || status === 201) return { outcome, status, message: "" };
  return { outcome: "refused", status, message: body.message ?? "" };
}
