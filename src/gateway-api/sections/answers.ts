import { allowedMethods, jsonRpcError, PLAIN_TYPE, retryAfterS } from "../../core/answer-form.ts";
import { type AnswerCode, answerTable } from "../../core/answers.ts";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta } from "../metadata.ts";

/** How an answer is written: as text, or as what the Odoo web client and RPC clients read. */
export type AnswerForm = "text" | "json";

/** The answers that routes give by themselves: by code, but for the two kinds of methods that are refused. */
export const routeAnswers = {
  unknown_host: "unknown_host",
  bad_path: "bad_path",
  trace_refused: "method_refused",
  method_refused: "method_refused",
  content_encoding_unsupported: "content_encoding_unsupported",
  door_closed: "door_closed",
  rpc_off: "rpc_off",
  maintenance: "maintenance",
  suspended: "suspended",
} as const satisfies Record<string, AnswerCode>;

export type RouteAnswer = keyof typeof routeAnswers;

/** What a refused method's answer says may be used instead. */
const allow: Partial<Record<RouteAnswer, string>> = {
  trace_refused: allowedMethods.elsewhere,
  method_refused: allowedMethods.rpc,
};

/** The name of the HTTPRouteFilter that gives an answer. */
export function answerName(name: RouteAnswer, form: AnswerForm): string {
  return `hostward.answer-${name.replaceAll("_", "-")}${form === "json" ? "-json" : ""}`;
}

/** One HTTPRouteFilter for each answer in each form, shared by all routes: what the edge says, word for word. */
export function answerFilters(facts: GatewayFacts): Manifest[] {
  const names = Object.keys(routeAnswers) as RouteAnswer[];
  return names.flatMap((name) => (["text", "json"] as const).map((form) => answerFilter(facts, name, form)));
}

function answerFilter(facts: GatewayFacts, name: RouteAnswer, form: AnswerForm): Manifest {
  const code = routeAnswers[name];
  const { status, body } = answerTable[code];
  const text = form === "json" ? jsonRpcError(code, body) : body;
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "HTTPRouteFilter",
    metadata: objectMeta(facts, answerName(name, form)),
    spec: {
      directResponse: {
        statusCode: status,
        contentType: form === "json" ? "application/json" : PLAIN_TYPE,
        body: { type: "Inline", inline: escapeOperators(text) },
        header: { set: [...answerFields(code), ...allowField(name)] },
      },
    },
  };
}

/** The fields that an answer carries beside its type and length. */
export function answerFields(code: AnswerCode): { readonly name: string; readonly value: string }[] {
  const retry = retryAfterS[code];
  return [
    { name: "Cache-Control", value: "no-store" },
    ...(retry === undefined ? [] : [{ name: "Retry-After", value: String(retry) }]),
  ];
}

function allowField(name: RouteAnswer): { readonly name: string; readonly value: string }[] {
  const value = allow[name];
  return value === undefined ? [] : [{ name: "Allow", value }];
}

/** Envoy reads `%` in a body as the beginning of a command operator. */
export function escapeOperators(body: string): string {
  return body.replaceAll("%", "%%");
}
