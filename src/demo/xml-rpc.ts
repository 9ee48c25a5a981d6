import type { Call } from "./call.ts";
import { escapeHtml, framed, type WorkerResponse } from "./message.ts";
import { dispatchRpc, OdooError } from "./rpc-services.ts";

/**
 * `/xmlrpc/SERVICE` and `/xmlrpc/2/SERVICE`, for calls whose parameters are plain values; members of arrays and
 * structs count as further parameters. As lax as Odoo's: values count in document order wherever they stand.
 */
export function xmlRpc(call: Call): WorkerResponse {
  const service = call.path.split("/").at(-1)!;
  const text = call.request.body.toString();
  const method = /<methodName>([^<]*)<\/methodName>/.exec(text)?.[1] ?? "";
  try {
    const result = dispatchRpc(call.settings, service, method, parameters(text));
    return respond(`<params><param>${toValue(result)}</param></params>`);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    const fault = { faultCode: 1, faultString: `${error.name}: ${error.message}` };
    return respond(`<fault>${toValue(fault)}</fault>`);
  }
}

function respond(content: string): WorkerResponse {
  const body = `<?xml version='1.0'?>\n<methodResponse>\n${content}\n</methodResponse>\n`;
  return framed(200, "text/xml", Buffer.from(body));
}

const scalar = /<(string|i4|int|boolean)>([^<]*)<\/\1>|<value>([^<]*)<\/value>/g;

function parameters(text: string): unknown[] {
  return [...text.matchAll(scalar)].map(([, type, typed, untyped]) => {
    const value = (typed ?? untyped!).replace(/&(#x?[0-9a-f]+|amp|lt|gt|quot|apos);/gi, (_, name: string) =>
      decode(name),
    );
    return type === "i4" || type === "int" ? Number(value) : type === "boolean" ? value === "1" : value;
  });
}

const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decode(name: string): string {
  return named.get(name) ?? String.fromCodePoint(Number(name.replace("#", "0").replace(/^0(?=\d)/, "")));
}

function toValue(value: unknown): string {
  return `<value>${toTyped(value)}</value>`;
}

function toTyped(value: unknown): string {
  if (typeof value === "boolean") return `<boolean>${Number(value)}</boolean>`;
  if (typeof value === "number") return `<int>${value}</int>`;
  if (Array.isArray(value)) return `<array><data>${value.map(toValue).join("")}</data></array>`;
  if (typeof value !== "object" || value === null) return `<string>${escapeHtml(String(value))}</string>`;
  const members = Object.entries(value).map(([name, of]) => `<member><name>${name}</name>${toValue(of)}</member>`);
  return `<struct>${members.join("")}</struct>`;
}
