/** An RPC answer: a result, or an error with all the words in it. */
export type RpcAnswer =
  | { readonly kind: "result"; readonly shape: string; readonly value: unknown }
  | { readonly kind: "error"; readonly text: string };

/** Reads a body as a JSON-RPC or XML-RPC answer; null when it is neither. An XML result's value is its text. */
export function readRpc(body: string): RpcAnswer | null {
  const text = body.trimStart();
  if (text.startsWith("{")) return readJsonRpc(text);
  return /<methodResponse[\s>]/.test(text.slice(0, 200)) ? readXmlRpc(text) : null;
}

function readJsonRpc(text: string): RpcAnswer | null {
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  if (Object.hasOwn(answer, "error")) return { kind: "error", text: JSON.stringify(answer.error) };
  if (!Object.hasOwn(answer, "jsonrpc") || !Object.hasOwn(answer, "result")) return null;
  return { kind: "result", shape: shapeOf(answer.result), value: answer.result };
}

function readXmlRpc(text: string): RpcAnswer {
  const fault = /<fault>(.*)<\/fault>/s.exec(text);
  if (fault !== null) return { kind: "error", text: plain(fault[1]!) };
  const first = /<value>\s*(?:<(\w+)\s*\/?>)?/.exec(text)?.[1] ?? "string";
  const entries = [...text.matchAll(/<value>/g)].length - 1;
  const shape =
    first === "array"
      ? `a list of ${entries}`
      : first === "string"
        ? "a text"
        : first === "boolean"
          ? "a yes or no"
          : `one ${first}`;
  return { kind: "result", shape, value: plain(text).trim() };
}

/** What kind of value it is, never the value: it may be a list of customers. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "boolean") return "a yes or no";
  if (typeof value === "string") return "a text";
  return value === null ? "nothing" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function plain(xml: string): string {
  return xml.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}
