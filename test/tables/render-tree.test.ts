import t from "tap";
import { parse, parseAllDocuments } from "yaml";
import type { ManifestFile } from "../../src/gateway-api/manifest.ts";
import { isGenerated, isRoot } from "../../src/gateway-api/tree/marker.ts";
import { type Format, renderStream, renderTree } from "../../src/gateway-api/tree/render-tree.ts";
import { manifest, manifestFile } from "../support/generated-tree.ts";

const component: ManifestFile = {
  path: "components/guard/kustomization.yaml",
  manifests: [{ ...manifest("guard"), apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component", patches: [] }],
};
const patch = manifestFile("components/guard/patch", { kind: "Deployment" });
const own: ManifestFile = {
  path: "own/kustomization.yaml",
  manifests: [
    { ...manifest("own"), apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: ["x.yaml"] },
  ],
};

/** The resources of every kustomization in a tree, by path; of one that was given, too. */
function resourcesOf(files: readonly ManifestFile[], format: Format): Readonly<Record<string, unknown>> {
  const found = [...renderTree(files, format)].filter(([path]) => path.endsWith("kustomization.yaml"));
  return Object.fromEntries(found.map(([path, text]) => [path, parse(text).resources]));
}

const rows: ReadonlyArray<
  readonly [rule: string, files: readonly ManifestFile[], format: Format, paths: readonly string[], resources: object]
> = [
  [
    "files of a folder are its resources",
    [manifestFile("b"), manifestFile("a.yaml")],
    "yaml",
    ["b.yaml", "a.yaml", "kustomization.yaml"],
    { "kustomization.yaml": ["a.yaml", "b.yaml"] },
  ],
  [
    "and so are the folders below it, at any depth",
    [manifestFile("x/y/z"), manifestFile("x/a")],
    "yaml",
    ["x/y/z.yaml", "x/a.yaml", "kustomization.yaml", "x/kustomization.yaml", "x/y/kustomization.yaml"],
    { "kustomization.yaml": ["x"], "x/kustomization.yaml": ["a.yaml", "y"], "x/y/kustomization.yaml": ["z.yaml"] },
  ],
  [
    "as JSON; kustomize itself reads YAML only",
    [manifestFile("x/a.yaml")],
    "json",
    ["x/a.json", "kustomization.yaml", "x/kustomization.yaml"],
    { "kustomization.yaml": ["x"], "x/kustomization.yaml": ["a.json"] },
  ],
  [
    "nobody lists a component, nor a folder of components",
    [manifestFile("a"), component, patch],
    "json",
    ["a.json", "components/guard/kustomization.yaml", "components/guard/patch.yaml", "kustomization.yaml"],
    { "kustomization.yaml": ["a.json"], "components/guard/kustomization.yaml": undefined },
  ],
  [
    "a kustomization that is given stays, and is a resource",
    [own, manifestFile("own/x")],
    "yaml",
    ["own/kustomization.yaml", "own/x.yaml", "kustomization.yaml"],
    { "kustomization.yaml": ["own"], "own/kustomization.yaml": ["x.yaml"] },
  ],
  ["nothing", [], "yaml", [], {}],
];
for (const [rule, files, format, paths, resources] of rows) {
  const tree = renderTree(files, format);
  t.same([...tree.keys()], paths, rule);
  t.same(resourcesOf(files, format), resources, `${rule}: resources`);
  t.same(
    [...tree.values()].filter((text) => !isGenerated(text)),
    [],
    `${rule}: every file says that it is ours`,
  );
  t.same(
    [...tree].filter(([, text]) => isRoot(text)).map(([path]) => path),
    paths.includes("kustomization.yaml") ? ["kustomization.yaml"] : [],
    `${rule}: one root`,
  );
}

t.throws(() => renderTree([manifestFile("a"), manifestFile("a.yaml")], "yaml"), /two files at a\.yaml/);
t.throws(() => renderTree([{ path: "a", manifests: [] }], "json"), /nothing in a\.json says/);

const two: ManifestFile = { path: "two", manifests: [manifest("a"), manifest("b", { data: { x: "no" } })] };
t.test("several documents in one file", async (t) => {
  const yaml = renderTree([two], "yaml").get("two.yaml")!;
  t.match(
    yaml,
    /^# app\.kubernetes\.io\/managed-by: hostward\. .*\napiVersion: v1\n/,
    "one line of comment, then the first",
  );
  const documents = parseAllDocuments(yaml).map((document) => document.toJS());
  t.same(documents, two.manifests);
  t.same(JSON.parse(renderTree([two], "json").get("two.json")!), {
    apiVersion: "v1",
    kind: "List",
    items: two.manifests,
  });
});

t.test("one stream: objects only", async (t) => {
  const files = [two, component, patch, own, manifestFile("own/x")];
  const objects = [...two.manifests, manifest("x")];
  t.same(
    parseAllDocuments(renderStream(files, "yaml")).map((document) => document.toJS()),
    objects,
  );
  t.same(JSON.parse(renderStream(files, "json")).items, objects);
});
