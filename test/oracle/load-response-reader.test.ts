/** The load harness's reader of responses against Node's: what it takes for a whole answer, Node takes for the same one. */
import { get, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import t from "tap";
import { seededRandom } from "../../src/load/random.ts";
import { ResponseReader } from "../../src/load/response-reader.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
t.comment(`SEED=${seed}`);
const random = seededRandom(seed);
const below = (max: number): number => Math.floor(random() * max);
const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!;

interface Sample {
  readonly method: "GET" | "HEAD";
  readonly bytes: Buffer;
  /** Whether a piece of it was changed, so that it may be none. */
  readonly mutated: boolean;
}

/** A response as servers send it: any framing, interim answers, fields in any case, trailers. */
function response(method: Sample["method"]): string {
  const status = oneOf([200, 200, 200, 204, 304, 404, 503]);
  const interim = oneOf(["", "", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"]);
  const fields = oneOf(["", "Date: Mon, 01 Jan 2026 00:00:00 GMT\r\n", 'Set-Cookie: a="b"; Path=/\r\nX-Empty:\r\n']);
  const connection = oneOf(["", "Connection: close\r\n", "Connection: keep-alive\r\n"]);
  const head = `${interim}HTTP/1.1 ${status} ${oneOf(["OK", "", "Not Here"])}\r\n${fields}${connection}`;
  const body = "y".repeat(below(300));
  if (status === 204 || status === 304) return `${head}\r\n`;
  const framing = oneOf(["length", "chunked", "close"]);
  if (framing === "length")
    return `${head}${oneOf(["Content-Length", "content-length"])}: ${body.length}\r\n\r\n${method === "HEAD" ? "" : body}`;
  if (framing === "close") return `${head}\r\n${method === "HEAD" ? "" : body}`;
  const size = body.length.toString(16);
  const chunks = body === "" ? "" : `${size}${oneOf(["", ";x=y"])}\r\n${body}\r\n`;
  const trailers = oneOf(["", "Checksum: 1\r\n"]);
  return `${head}Transfer-Encoding: chunked\r\n\r\n${method === "HEAD" ? "" : `${chunks}0\r\n${trailers}\r\n`}`;
}

/** Bytes that change what a response means, put in or taken out. */
function mutate(text: string): string {
  const at = below(text.length);
  const put = oneOf([
    "\r\n",
    "\n",
    ":",
    " ",
    "0",
    "1",
    "f",
    "\0",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "x",
    "",
  ]);
  return text.slice(0, at) + put + text.slice(at + below(3));
}

const samples = Array.from({ length: 400 }, (): Sample => {
  const method = oneOf(["GET", "GET", "GET", "HEAD"] as const);
  const plain = response(method);
  const mutated = random() < 0.6;
  return { method, bytes: Buffer.from(mutated ? mutate(plain) : plain, "latin1"), mutated };
});

/** What our reader makes of a response that the connection ends after: its status, or null for none. */
function readByUs({ method, bytes }: Sample): number | null {
  const reader = new ResponseReader();
  reader.begin(method);
  const cut = below(bytes.length);
  let state = reader.push(bytes.subarray(0, cut));
  if (state === "complete" && cut < bytes.length) return null; // bytes after the end
  if (state === "more") state = reader.push(bytes.subarray(cut));
  if (state === "more") state = reader.end();
  return state === "complete" ? reader.status : null;
}

/** What Node's client makes of it. */
function readByNode(port: number, { method }: Sample, index: number): Promise<number | null> {
  return new Promise((resolve) => {
    const options = { port, host: "127.0.0.1", method, path: `/${index}`, agent: false };
    const asked = (method === "GET" ? get : request)(options, (answer) => {
      answer.resume();
      answer.on("close", () => resolve(answer.complete ? (answer.statusCode ?? null) : null));
    });
    asked.on("error", () => resolve(null)).end();
  });
}

const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", (asked) => {
    socket.end(samples[Number(/\/(\d+) /.exec(asked.toString("latin1"))![1])]!.bytes);
  });
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const { port } = server.address() as AddressInfo;
let accepted = 0;
let refused = 0;
for (const [i, sample] of samples.entries()) {
  const ours = readByUs(sample);
  const theirs = await readByNode(port, sample, i);
  const text = JSON.stringify(sample.bytes.toString("latin1"));
  // Ours may refuse more: it is no client that must get along with every server.
  if (ours !== null) t.equal(theirs, ours, `read alike: ${sample.method} ${text}`);
  if (!sample.mutated) t.not(ours, null, `a plain answer is one: ${text}`);
  if (ours === null) refused++;
  else accepted++;
}
server.close();
t.ok(accepted > 150 && refused > 40, `both happen: ${accepted} accepted, ${refused} refused`);
