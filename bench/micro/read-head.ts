/** Prints what reading a browser's head costs, in ns, by arrival: `node bench/micro/read-head.ts`. */
import { HeadBuffer } from "../../src/router/http1/head-buffer.ts";
import { parseRequestHead } from "../../src/router/http1/read-head.ts";

const ROUNDS = 200_000;
const REPEATS = 5;

/** Recorded from Chromium asking Odoo for an image. */
const image = [
  "GET /web/image/website/1/logo/My%20Website?unique=54f80e5 HTTP/1.1",
  "Host: acme.planapulse.app",
  "Connection: keep-alive",
  'sec-ch-ua-platform: "Linux"',
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
  'sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"',
  "sec-ch-ua-mobile: ?0",
  "Accept: image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
  "Sec-Fetch-Site: same-origin",
  "Sec-Fetch-Mode: no-cors",
  "Sec-Fetch-Dest: image",
  "Referer: https://acme.planapulse.app/",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-US,en;q=0.9",
  "Cookie: frontend_lang=en_US; session_id=5e551d0000000000000000000000000000000001; tz=UTC",
  "",
  "",
].join("\r\n");

const bytes = Buffer.from(image, "latin1");
const limits = { headFieldsMax: 100 };
let passed = 0;

function read(pieces: readonly Buffer[]): void {
  const input = new HeadBuffer();
  for (const piece of pieces) {
    input.add(piece);
    const taken = input.takeHead(61_440);
    if (typeof taken === "string") continue;
    const head = parseRequestHead(taken, limits);
    if (typeof head === "string") throw new Error(head);
    passed += head.passed.length;
  }
}

const inPieces = (size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
const arrivals: ReadonlyArray<readonly [name: string, pieces: readonly Buffer[], rounds: number]> = [
  ["in one piece", [bytes], ROUNDS],
  ["in two pieces", inPieces(Math.ceil(bytes.length / 2)), ROUNDS],
  ["byte by byte", inPieces(1), ROUNDS / 100],
];

for (const [name, pieces, rounds] of arrivals) {
  const costs: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; i++) read(pieces);
    const { user, system } = process.cpuUsage(before);
    costs.push(((user + system) * 1000) / rounds);
  }
  const best = Math.min(...costs);
  console.log(
    `a head of ${bytes.length} bytes ${name}: ${best.toFixed(0)} ns, ${(best / bytes.length).toFixed(2)} ns a byte`,
  );
}
if (passed === 0) throw new Error("nothing was read");
