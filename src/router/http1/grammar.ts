/** Bytes and tables of the HTTP/1.1 grammar (RFC 9110 section 5.6, RFC 9112) that both readers share. */
import { isToken } from "../../core/token.ts";
import { unitAt } from "../../core/unit-at.ts";

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COLON = 58;
export const UNDERSCORE = 95;
export const DEL = 127;

/** The end of a field value that starts at `from`: the index of its CR, or -1 for a byte that no value may hold. */
export function valueEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; ; i++) {
    const c = bytes[i]!;
    if (c >= SP ? c === DEL : c !== TAB) return c === CR && bytes[i + 1] === LF ? i : -1;
  }
}

/** The end (exclusive) of the token that starts at `from`. */
export function tokenEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  while (isToken[bytes[i]!] === 1) i++;
  return i;
}

/** The end (exclusive) of the run of bytes, from `from` on, that are neither control nor space. */
export function visibleEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  for (let c = bytes[i]!; c > SP && c !== DEL; c = bytes[i]!) i++;
  return i;
}

/** Whether the bytes of `word` stand at `at`. */
export function standsAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}

/** Skips optional white space (RFC 9110 section 5.6.3) forward. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let i = from;
  for (let c = bytes[i]!; c === SP || c === TAB; c = bytes[i]!) i++;
  return i;
}

/** Where the white space that ends before `end` begins, not before `from`. */
export function trimSpaceEnd(bytes: Uint8Array, from: number, end: number): number {
  let i = end;
  while (i > from && (bytes[i - 1] === SP || bytes[i - 1] === TAB)) i--;
  return i;
}

/** A Content-Length of 1 to 15 digits, or -1: fifteen digits fit a double exactly. */
export function parseContentLength(value: string): number {
  if (value.length < 1 || value.length > 15) return -1;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = unitAt(value, i) - 48;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/**
 * Index behind the first CRLF CRLF that lies wholly in `bytes[from, to)`, or -1.
 *
 * Hot: looks at every fourth byte of ordinary text, and never outside the range, which may be part of a reused buffer.
 */
export function headEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from + 3;
  while (i < to) {
    const byte = bytes[i]!;
    if (byte > CR) i += 4;
    else if (byte === CR) i += 1;
    else if (byte !== LF) i += 4;
    else if (bytes[i - 1] === CR && bytes[i - 2] === LF && bytes[i - 3] === CR) return i + 1;
    else i += 2;
  }
  return -1;
}

/** Whether bytes that are not yet a whole head can still become one: no control but TAB, and CR and LF only as a pair. */
export function mayBecomeHead(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if ((byte >= SP && byte !== DEL) || byte === TAB) continue;
    if (byte === LF && i > 0 && bytes[i - 1] === CR) continue;
    if (byte === CR && (i + 1 === to || bytes[i + 1] === LF)) continue;
    return false;
  }
  return true;
}
