/** Which file may import which. ARCHITECTURE.md says why; nothing here looks at more than the text of the imports. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** An import points to a strictly lower rank, or stays in its folder. */
const ranks: Readonly<Record<string, number>> = {
  core: 0,
  metrics: 1,
  policy: 1,
  catalog: 2,
  plan: 3,
  router: 4,
  "gateway-api": 4,
  verify: 4,
  load: 4,
  demo: 4,
  admin: 5,
  cli: 6,
};

/** Where under `src/` each package of the product may be imported. */
const homes: Readonly<Record<string, readonly string[]>> = {
  commander: ["cli/"],
  diff: ["gateway-api/"],
  ioredis: ["router/limits/"],
  "lru-cache": ["policy/limits/"],
  pino: ["metrics/"],
  "prom-client": ["admin/", "metrics/"],
  undici: ["router/upstream/health-check.ts"],
  yaml: ["catalog/"],
  zod: ["catalog/", "load/report/"],
};

/** Development packages of which the product has types, and where: nothing of them is there when it runs. */
const typeHomes: Readonly<Record<string, readonly string[]>> = {
  "@kubernetes-models/gateway-api": ["gateway-api/"],
  "@kubernetes-models/envoy-gateway": ["gateway-api/"],
};

/** What folders without input and output may have of Node: arithmetic on addresses. */
const pure: ReadonlySet<string> = new Set(["core", "policy"]);
const pureClauses = /^(?:import|export) (?:type )?\{(?:\s*(?:type )?(?:BlockList|isIP|isIPv4|isIPv6)\s*,?)*\s*\} from$/;

/** One import as it stands in a file. Paths are relative to the repository, with `/`. */
export interface Import {
  readonly file: string;
  /** What stands before the specifier: `import { a } from`, `import`, `import(`. */
  readonly clause: string;
  readonly specifier: string;
}

const STATEMENT = /^[ \t]*((?:import|export)\b[^"'`;=()]*?\bfrom|import)\s*["']([^"'\n]+)["']/gm;
const CALL = /(?<![\w.])((?:import|require)\s*\()\s*(?:["']([^"'\n]*)["']\s*[,)])?/g;

/** Every import, re-export and dynamic import of one file; a specifier that is not written out is empty. */
export function importsOf(file: string, text: string): Import[] {
  const code = text.replace(/^[ \t]*(?:\/\/|\/?\*).*$/gm, "");
  return [STATEMENT, CALL].flatMap((pattern) =>
    Array.from(code.matchAll(pattern), ([, clause = "", specifier = ""]) => ({ file, clause, specifier })),
  );
}

/** The repository's TypeScript files under `folder`. */
export function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
}

/** Every import under the folders. */
export function readImports(root: string, folders: readonly string[]): Import[] {
  const files = folders.flatMap((folder) => sourceFiles(root, folder));
  return files.flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8")));
}

/** What is wrong with an import, one line; null when it may stand. `packages` are those of package.json. */
export function violationOf(root: string, found: Import, packages: PackageNames): string | null {
  const { file, specifier } = found;
  const wrong = specifier.startsWith(".") ? wrongPath(root, found) : wrongPackage(found, packages);
  return wrong === null ? null : `${file}: \`${specifier}\` ${wrong}`;
}

export interface PackageNames {
  readonly runtime: ReadonlySet<string>;
  readonly development: ReadonlySet<string>;
}

function wrongPath(root: string, { file, clause, specifier }: Import): string | null {
  const target = posix.join(posix.dirname(file), specifier);
  if (target.startsWith("../")) return "lies outside of the repository";
  if (!target.endsWith(".ts") || !existsSync(join(root, target))) return "is not a source file";
  if (!file.startsWith("src/")) return null;
  if (clause.startsWith("export")) return "is re-exported: import the file that defines the thing";
  if (!target.startsWith("src/")) return "is not part of the product";
  const [from, to] = [folderOf(file), folderOf(target)];
  if (ranks[from] === undefined) return `is imported from src/${from}, which has no rank`;
  return from === to || (ranks[to] ?? Number.POSITIVE_INFINITY) < ranks[from]
    ? null
    : `must not be known to src/${from}`;
}

function wrongPackage({ file, clause, specifier }: Import, { runtime, development }: PackageNames): string | null {
  const product = file.startsWith("src/");
  if (specifier.startsWith("node:")) return product ? wrongBuiltin(file, clause, specifier) : null;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (!product) return runtime.has(name) || development.has(name) ? null : "is no dependency";
  const asType = development.has(name) && clause.startsWith("import type ") && typeHomes[name] !== undefined;
  if (!runtime.has(name) && !asType) return "is no dependency of the product";
  const allowed = (asType ? typeHomes : homes)[name]?.some((home) => file.startsWith(`src/${home}`)) ?? false;
  return allowed ? null : `is imported outside of ${homes[name]?.join(" and ") ?? "any folder that may"}`;
}

function wrongBuiltin(file: string, clause: string, specifier: string): string | null {
  const folder = folderOf(file);
  const isPure = specifier === "node:buffer" || (specifier === "node:net" && pureClauses.test(clause));
  if (!pure.has(folder) || isPure) return null;
  return `brings input and output into src/${folder}`;
}

function folderOf(file: string): string {
  return file.split("/", 3)[1] ?? "";
}
