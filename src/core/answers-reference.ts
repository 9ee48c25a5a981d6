import { answerCodes, answerTable } from "./answers.ts";

/** The reference page of the edge's own answers, in Markdown. */
export function renderAnswersReference(): string {
  const rows = answerCodes.map((code) => {
    const { status, body, retry, source, flag, doc } = answerTable[code];
    const sent = status === 0 ? "–" : String(status);
    return `| \`${code}\` | ${sent} | ${body} | ${retry ? "yes" : "no"} | ${source} | ${flag} | ${doc} |`;
  });
  const head = [
    "# Answers",
    "",
    "Everything that the edge says itself, without a worker. The code stands in the access log, the metrics, the audit stream",
    "and the JSON-RPC error that a JSON client gets; its meaning never changes. Where there is no status nothing could be sent",
    "any more. The flag is the one that Envoy logs for the same event.",
    "",
    "A request with a JSON Content-Type gets the body as a JSON-RPC error. `guard_refused` at an RPC or login endpoint, or for",
    "an RPC call anywhere else, goes with status 200 as a JSON-RPC error or an XML-RPC fault, as its clients read nothing else.",
    "",
    "| code | status | body | may succeed later | whose doing | flag | when |",
    "|---|---|---|---|---|---|---|",
  ];
  return `${[...head, ...rows].join("\n")}\n`;
}
