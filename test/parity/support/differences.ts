/** What two edges did differently with the same bytes. */
import { fieldValues, type StrictField } from "../../support/strict-http.ts";
import type { Arrival, Seen, SeenByBoth } from "./lane.ts";

/**
 * `forwarded`: Envoy let through what the Node edge refused. `refused`: the other way round. `request`: both let it through,
 * and the workers received different requests. `status`, `body`, `fields`: the answers differ. `end`: how the connection ended.
 */
export type DifferenceKind = "forwarded" | "refused" | "request" | "status" | "body" | "fields" | "end";

export interface Difference {
  readonly kind: DifferenceKind;
  /** What of it differs, such as a field's name; empty where the kind says all. */
  readonly what: string;
  readonly node: string;
  readonly envoy: string;
  /** Which of the answers of a connection it is about; the first where it is about none. */
  readonly answer: number;
}

/** All differences of one case; empty when both edges did the same. */
export function differencesOf({ node, envoy }: SeenByBoth): Difference[] {
  const [a, b] = [node.arrivals, envoy.arrivals];
  if (a.length !== b.length) {
    const kind = b.length > a.length ? "forwarded" : "refused";
    return [{ kind, what: "", node: describe(node), envoy: describe(envoy), answer: 0 }];
  }
  return [...a.flatMap((arrival, i) => requestDifferences(arrival, b[i]!)), ...answerDifferences(node, envoy)];
}

function describe({ arrivals, responses }: Seen): string {
  const lines = arrivals.map(({ worker, request }) => `${worker} ${request.method} ${request.target}`);
  const answers = responses.finals.map(({ status, body }) => `${status} ${body.slice(0, 80)}`);
  return `[${lines.join(", ")}] → ${answers.join(", ") || "nothing"}`;
}

/** Fields whose value each edge draws for itself. */
const drawn = new Set(["x-request-id", "traceparent"]);

function requestDifferences(node: Arrival, envoy: Arrival): Difference[] {
  const found: Difference[] = [];
  const compare = (what: string, a: string, b: string) => {
    if (a !== b) found.push({ kind: "request", what, node: a, envoy: b, answer: 0 });
  };
  compare("worker", node.worker, envoy.worker);
  compare("method", node.request.method, envoy.request.method);
  compare("target", node.request.target, envoy.request.target);
  compare("body", node.request.body, envoy.request.body);
  compare("faults", node.request.faults.join(), envoy.request.faults.join());
  for (const name of namesOf(node.request.fields, envoy.request.fields)) {
    const values = (fields: readonly StrictField[]) => {
      const all = fieldValues(fields, name);
      // No body is no body, whether its length is said or not (RFC 9112 section 6.3).
      if (name === "content-length" && all.join() === "0") return "[]";
      return drawn.has(name) ? `${all.length} drawn` : JSON.stringify(all);
    };
    compare(name, values(node.request.fields), values(envoy.request.fields));
  }
  return found;
}

/** Names of both lists, lower-cased, each once: spelling and order are the writer's own. */
function namesOf(...lists: readonly (readonly StrictField[])[]): string[] {
  return [...new Set(lists.flat().map(([name]) => name.toLowerCase()))].sort();
}

function answerDifferences(node: Seen, envoy: Seen): Difference[] {
  const count = Math.max(node.responses.finals.length, envoy.responses.finals.length);
  return Array.from({ length: count }, (_, answer) => {
    const [a, b] = [node.responses.finals[answer], envoy.responses.finals[answer]];
    const differ = (kind: DifferenceKind, what: string, x: string, y: string): Difference[] =>
      x === y ? [] : [{ kind, what, node: x, envoy: y, answer }];
    if (a === undefined || b === undefined)
      return differ("status", "missing", `${a?.status ?? node.ended}`, `${b?.status ?? envoy.ended}`);
    return [
      ...differ("status", "", `${a.status}`, `${b.status}`),
      ...differ("body", "", a.body, b.body),
      ...namesOf(a.fields, b.fields).flatMap((name) => {
        const [x, y] = [fieldValues(a.fields, name), fieldValues(b.fields, name)];
        return differ("fields", name, JSON.stringify(x), JSON.stringify(y));
      }),
    ];
  }).flat();
}
