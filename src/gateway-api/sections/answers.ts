import { allowedMethods, jsonRpcError, PLAIN_TYPE, retryAfterS } from "../../core/answer-form.ts";
import { type AnswerCode, answerTable } from "../../core/answers.ts";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta } from "../metadata.ts";

/** How an answer is written: as text, or as what the Odoo web client and RPC clients read. */
export type AnswerForm = "text" | "json";

/** The answers that routes give by themselves. */
export const routeAnswers = [
  "unknown_host",
  "bad_path",
  "door_closed",
  "method_refused",
  "rpc_off",
  "maintenance",
  "suspended",
] as const satisfies readonly AnswerCode[];

export type RouteAnswer = (typeof routeAnswers)[number];

/** The name of the HTTPRouteFilter that gives `code`. */
export function answerName(code: RouteAnswer, form: AnswerForm): string {
  return `hostward.answer-${code.replaceAll("_", "-")}${form === "json" ? "-json" : ""}`;
}

/** One HTTPRouteFilter for each answer in each form, shared by all routes: what the edge says, word for word. */
export function answerFilters(facts: GatewayFacts): Manifest[] {
  return routeAnswers.flatMap((code) => (["text", "json"] as const).map((form) => answerFilter(facts, code, form)));
}

function answerFilter(facts: GatewayFacts, code: RouteAnswer, form: AnswerForm): Manifest {
  const { status, body } = answerTable[code];
  const text = form === "json" ? jsonRpcError(code, body) : body;
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "HTTPRouteFilter",
    metadata: objectMeta(facts, answerName(code, form)),
    spec: {
      directResponse: {
        statusCode: status,
        contentType: form === "json" ? "application/json" : PLAIN_TYPE,
        body: { type: "Inline", inline: escapeOperators(text) },
        header: { set: answerFields(code) },
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
    ...(code === "method_refused" ? [{ name: "Allow", value: allowedMethods.rpc }] : []),
  ];
}

/** Envoy reads `%` in a body as the beginning of a command operator. */
export function escapeOperators(body: string): string {
  return body.replaceAll("%", "%%");
}
