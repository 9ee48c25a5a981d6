/** What a client receives of a worker's answer: framing checked, rebuilt, and never a cut one that looks whole. */
import { request } from "../support/live-client.ts";
import { answer, type WorkerAction } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const close: WorkerAction = { end: "close" };
const raw = (...text: string[]): WorkerAction[] => [...text.map((write) => ({ write })), close];
const has = (fields: readonly (readonly [string, string])[], name: string) =>
  fields.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);

type Row = readonly [
  rule: string,
  method: string,
  actions: readonly WorkerAction[],
  status: number,
  body: string,
  framing: string,
];
const relayed: readonly Row[] = [
  ["Content-Length", "GET", answer(200, "hello", "keep-alive"), 200, "hello", "5"],
  ["an empty body", "GET", answer(200, "", "keep-alive"), 200, "", "0"],
  [
    "chunks",
    "GET",
    raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n", "2\r\nde\r\n0\r\nX: t\r\n\r\n"),
    200,
    "abcde",
    "chunked",
  ],
  ["a close-delimited page", "GET", raw("HTTP/1.1 200 OK\r\n\r\nabc", "de"), 200, "abcde", "chunked"],
  ["HTTP/1.0 without a length", "GET", answer(200, "abcde", "http10"), 200, "abcde", "chunked"],
  ["HTTP/1.0 with one", "GET", raw("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc"), 200, "abc", "3"],
  ["204", "GET", raw("HTTP/1.1 204 No Content\r\n\r\n"), 204, "", ""],
  ["304 with a length", "GET", raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: x\r\n\r\n"), 304, "", "9"],
  ["HEAD with a length", "HEAD", raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), 200, "", "9"],
  ["HEAD with chunks", "HEAD", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), 200, "", ""],
  ["a head in pieces", "GET", raw("HTTP/1.1 2", "00 OK\r", "\nContent-Length: 2\r\n\r", "\nok"), 200, "ok", "2"],
  [
    "100 dropped",
    "GET",
    raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    200,
    "ok",
    "2",
  ],
];
for (const [rule, method, actions, status, body, framing] of relayed) {
  scenario(`relays ${rule}`, { script: { onRequest: () => actions } }, async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(request(`${method} /`)).responses(1, [method]);
    t.match(response, { status, body, faults: [], closes: false });
    t.equal(
      [...has(response!.fields, "content-length"), ...has(response!.fields, "transfer-encoding")].join(),
      framing,
    );
    t.notMatch(client.text, / 100 /);
    await client.send(request("HEAD /")).responses(2, [method, "HEAD"]);
    t.match(await scene.line(0), { status, code: "", flag: "-", bytes_out: body.length });
  });
}
