/** Proves the API server of the tests: it takes good custom resources and refuses others as a cluster would. */
import t from "tap";
import { startKubeApi } from "./support/kube-api.ts";
import { appRule, denyRule, envoyGatewayDocument, httpRoute, sampleGateway } from "./support/sample-manifests.ts";

const api = await startKubeApi();
t.teardown(() => api.close());

const acme = httpRoute("acme", [denyRule, appRule]);
const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "acme", sectionName: "app" }];

t.test("takes good documents", async (t) => {
  for (const document of [...sampleGateway, acme]) {
    t.strictSame(await api.apply(document), { outcome: "created", status: 201, message: "" }, document.kind);
  }
  t.strictSame(await api.apply(acme), { outcome: "replaced", status: 200, message: "" }, "and replaces them");
  t.match(
    await api.get(acme),
    { spec: { rules: [{}, { backendRefs: [{ kind: "Service", weight: 1 }] }] } },
    "defaults",
  );
  t.equal(await api.delete(acme), true);
  t.equal(await api.delete(acme), false);
  t.equal(await api.get(acme), null);
});

const refused = [
  {
    rule: "a misspelt field",
    document: httpRoute("misspelt", [{ ...appRule, backendRef: [] }]),
    status: 400,
    message: /unknown field "spec\.rules\[0\]\.backendRef"/,
  },
  {
    rule: "a value outside of its enumeration",
    document: httpRoute("enumeration", [{ matches: [{ path: { type: "Glob", value: "/" } }] }]),
    status: 422,
    message: /Unsupported value: "Glob"/,
  },
  {
    rule: "a timeout for the backend beyond that of the request",
    document: httpRoute("timeouts", [{ ...appRule, timeouts: { request: "1s", backendRequest: "2s" } }]),
    status: 422,
    message: /backendRequest timeout cannot be longer than request timeout/,
  },
  {
    rule: "a buffer on requests that are upgraded",
    document: envoyGatewayDocument("BackendTrafficPolicy", "buffer", {
      targetRefs,
      requestBuffer: { limit: "1Mi" },
      httpUpgrade: [{ type: "websocket" }],
    }),
    status: 422,
    message: /requestBuffer cannot be used together with httpUpgrade/i,
  },
] as const;
for (const { rule, document, status, message } of refused) {
  t.test(`refuses ${rule}`, async (t) => {
    t.match(await api.apply(document), { outcome: "refused", status, message });
    t.equal(await api.get(document), null, "and stores nothing");
  });
}

t.test("says of kinds that it does not serve that it did not look at them", async (t) => {
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "acme", namespace: "edge" },
  };
  t.match(await api.apply(role), { outcome: "unserved", status: 0, message: /^no Role of rbac/ });
  await t.rejects(api.get(role), { message: /^no Role of rbac/ });
});
