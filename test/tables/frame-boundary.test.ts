import t from "tap";
import { FrameBoundary } from "../../src/router/frame-boundary.ts";

const frame = (header: readonly number[], payload: number) => [...header, ...Array<number>(payload).fill(0x81)];
const long = (bytes: number) => [0, 0, 0, 0, 0, 0, bytes >> 8, bytes & 0xff];
const rows: ReadonlyArray<readonly [rule: string, bytes: readonly number[], whole: boolean]> = [
  ["nothing was sent", [], true],
  ["an empty frame", frame([0x81, 0], 0), true],
  ["one byte of a header", [0x81], false],
  ["a short payload", frame([0x81, 3], 3), true],
  ["a short payload that lacks a byte", frame([0x81, 3], 2), false],
  ["a payload of 125", frame([0x82, 125], 125), true],
  ["16 bits of length", frame([0x82, 126, 1, 0], 256), true],
  ["16 bits of length, one byte short", frame([0x82, 126, 1, 0], 255), false],
  ["16 bits of length that lack one", [0x82, 126, 1], false],
  ["16 bits that say nothing follows", frame([0x82, 126, 0, 0], 0), true],
  ["64 bits of length", frame([0x82, 127, ...long(700)], 700), true],
  ["64 bits of length, one byte short", frame([0x82, 127, ...long(700)], 699), false],
  ["64 bits of length that lack one", [0x82, 127, 0, 0, 0, 0, 0, 0, 0], false],
  ["a mask", frame([0x81, 0x83, 1, 2, 3, 4], 3), true],
  ["a mask that lacks a byte", [0x81, 0x80, 1, 2, 3], false],
  ["a mask behind 64 bits of length", frame([0x82, 0xff, ...long(9), 1, 2, 3, 4], 9), true],
  ["two frames", [...frame([0x81, 1], 1), ...frame([0x88, 2], 2)], true],
  ["the header of a second frame", [...frame([0x81, 1], 1), 0x88], false],
  ["a length that no stream reaches", [0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, 0], false],
];
for (const [rule, bytes, whole] of rows) {
  for (const step of [1, 2, 3, 5, bytes.length + 1]) {
    const boundary = new FrameBoundary();
    const stream = Uint8Array.from([9, 9, ...bytes, 9]);
    for (let i = 2; i < 2 + bytes.length; i += step) boundary.follow(stream, i, Math.min(i + step, 2 + bytes.length));
    t.equal(boundary.between, whole, `${rule}, ${step} bytes at a time`);
  }
}
