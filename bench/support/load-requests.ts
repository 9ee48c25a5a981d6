/** The requests that a load sends. */

/** What is asked of every target. Without a body it is a GET of 1 KiB. */
export interface LoadRequest {
  /** Length of the JSON-RPC body of a POST; 0: a GET. */
  readonly bodyBytes: number;
  /** Fields beside Host, User-Agent, Accept, and those of a body. */
  readonly fieldCount: number;
}

/** A GET as the load sends it where nothing else is said. */
export const plainGet: LoadRequest = { bodyBytes: 0, fieldCount: 0 };

const getPath = "/web/content/1";
/** What Odoo's own web client asks for most. */
const rpcPath = "/web/dataset/call_kw/res.partner/web_search_read";
const record = '{"id":7,"name":"Deco Addict","email":"deco@example.com","tags":[[6,false,[1,2,3]]],"note":"a\\nb"}';

/** The bytes of a request for a host. */
export function requestBytes(host: string, { bodyBytes, fieldCount }: LoadRequest): Buffer {
  const fields = Array.from({ length: fieldCount }, (_, i) => `X-Bench-${i}: ${"v".repeat(32)}\r\n`).join("");
  const common = `Host: ${host}\r\nUser-Agent: bench\r\nAccept: */*\r\n${fields}`;
  if (bodyBytes === 0) return Buffer.from(`GET ${getPath} HTTP/1.1\r\n${common}\r\n`, "latin1");
  const body = jsonRpcBody(bodyBytes);
  const head = `POST ${rpcPath} HTTP/1.1\r\n${common}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** A call of the web client, filled with records up to exactly `bytes`. */
export function jsonRpcBody(bytes: number): Buffer {
  const start = '{"jsonrpc":"2.0","method":"call","params":{"model":"res.partner","method":"write","args":[[';
  const end = '""]]}}';
  const room = bytes - start.length - end.length;
  if (room < 0) throw new RangeError(`cannot make a JSON-RPC body of ${bytes} bytes`);
  const records = `${record},`.repeat(Math.floor(room / (record.length + 1)));
  return Buffer.from(`${start}${records}${" ".repeat(room - records.length)}${end}`, "latin1");
}
