/** Prints how fast chunked bodies are decoded, in MB of wire a second: `node bench/micro/chunked.ts`. */
import { ChunkedDecoder } from "../../src/router/http1/chunked.ts";

const READ_BYTES = 64 * 1024;
const WIRE_BYTES = 32 * 2 ** 20;
const REPEATS = 5;

/** A read's worth of equal chunks. */
function chunks(bytes: number, extension: string): Buffer {
  const one = `${bytes.toString(16)}${extension}\r\n${"x".repeat(bytes)}\r\n`;
  return Buffer.from(one.repeat(Math.max(1, Math.floor(READ_BYTES / one.length))), "latin1");
}

const cases: ReadonlyArray<readonly [name: string, wire: Buffer]> = [
  ["one chunk a read", chunks(READ_BYTES - 10, "")],
  ["chunks of 8 KiB", chunks(8192, "")],
  ["chunks of 100 bytes", chunks(100, "")],
  ["chunks of one byte", chunks(1, "")],
  ["chunks of one byte with an extension of 1000", chunks(1, `;${"x".repeat(1000)}`)],
];

for (const [name, wire] of cases) {
  const rounds = Math.ceil(WIRE_BYTES / wire.length);
  let data = 0;
  const rates: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const decoder = new ChunkedDecoder({ lineBytesMax: 1024, trailerBytesMax: 61_440 });
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; i++) {
      const end = decoder.read(wire, 0, wire.length, (from, to) => {
        data += to - from;
      });
      if (end !== wire.length) throw new Error("the body was not decoded");
    }
    const { user, system } = process.cpuUsage(before);
    rates.push((rounds * wire.length) / (user + system));
  }
  console.log(`${name}: ${Math.max(...rates).toFixed(0)} MB/s of wire, ${data} bytes of data`);
}
