/** Every manifest of every variant, applied to the real API: its schemas and rules, with unknown fields refused. */
import t, { type Test } from "tap";
import type { Manifest } from "../../src/gateway-api/manifest.ts";
import type { ParityVariant } from "./support/catalog.ts";
import { type KubeApi, startKubeApi } from "./support/kube-api.ts";
import { emitVariant } from "./support/variant.ts";

const variants: readonly ParityVariant[] = [
  { guard: "Deny", externalPort: 443 },
  { guard: "Sidecar", externalPort: 8443 },
  { guard: "ExtAuth", externalPort: 80 },
  { guard: "None", externalPort: 80 },
];

/** Kinds that this API does not hold; everything else must be taken. */
const elsewhere = new Set(["ConfigMap", "Role", "RoleBinding", "Component"]);

/** A test with an API of its own. */
function withApi(name: string, run: (api: KubeApi, t: Test) => Promise<void>): void {
  t.test(name, async (t) => {
    const api = await startKubeApi();
    try {
      await run(api, t);
    } finally {
      await api.close();
    }
  });
}

withApi("the API takes everything that is emitted", async (api, t) => {
  for (const variant of variants) {
    const { manifests } = emitVariant(variant);
    const refused: string[] = [];
    let taken = 0;
    for (const manifest of manifests.filter(({ kind }) => !elsewhere.has(kind))) {
      const { outcome, message } = await api.apply(manifest);
      if (outcome === "created" || outcome === "replaced") taken++;
      else refused.push(`${manifest.kind} ${manifest.metadata.name}: ${outcome} ${message}`);
    }
    t.same(refused, [], `guard ${variant.guard}: ${taken} objects are taken`);
    t.ok(taken > 70, `${taken} objects`);
  }
});

/** One object of a kind, changed. */
async function applyChanged(api: KubeApi, kind: string, change: (spec: Record<string, unknown>) => void) {
  const { manifests } = emitVariant(variants[0]!);
  const found = manifests.find((manifest) => manifest.kind === kind)!;
  const copy = structuredClone(found) as Manifest & { spec: Record<string, unknown> };
  change(copy.spec);
  return api.apply({ ...copy, metadata: { ...copy.metadata, name: `changed-${kind.toLowerCase()}` } });
}

const misspelt: ReadonlyArray<readonly [kind: string, field: string]> = [
  ["BackendTrafficPolicy", "requestBufer"],
  ["SecurityPolicy", "authorisation"],
  ["HTTPRoute", "hostname"],
  ["ClientTrafficPolicy", "header"],
  ["EnvoyProxy", "mergeBackend"],
];
const violations: ReadonlyArray<
  readonly [rule: string, kind: string, change: (spec: Record<string, unknown>) => void]
> = [
  [
    "a buffer beside upgrades",
    "BackendTrafficPolicy",
    (spec) => Object.assign(spec, { requestBuffer: { limit: "1Mi" }, httpUpgrade: [{ type: "websocket" }] }),
  ],
  ["a policy without a target", "SecurityPolicy", (spec) => delete spec.targetRefs],
  ["a redirect that also forwards", "HTTPRoute", (spec) => addRedirectWithBackend(spec)],
  [
    "a GatewayClass of another controller's form",
    "GatewayClass",
    (spec) => Object.assign(spec, { controllerName: "no domain" }),
  ],
];
withApi("the API refuses what nobody checked", async (api, t) => {
  for (const [kind, field] of misspelt) {
    const { outcome, message } = await applyChanged(api, kind, (spec) => {
      spec[field] = {};
    });
    t.equal(outcome, "refused", `${kind}: a misspelt field is refused`);
    t.match(message, field);
  }

  for (const [rule, kind, change] of violations) {
    t.equal((await applyChanged(api, kind, change)).outcome, "refused", `refused: ${rule}`);
  }
});

function addRedirectWithBackend(spec: Record<string, unknown>): void {
  const rules = spec.rules as Record<string, unknown>[];
  rules.push({
    filters: [{ type: "RequestRedirect", requestRedirect: { statusCode: 308 } }],
    backendRefs: [{ name: "worker-odoo", port: 8069 }],
  });
}
