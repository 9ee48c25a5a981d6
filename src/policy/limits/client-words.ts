/**
 * A client's address as three words for its rate bucket. An IPv6 client is its /64: whoever has one has all of it, and
 * every request could come from another address. Hot: walks characters, makes no string.
 */
import { unitAt } from "../../core/unit-at.ts";

const DOT = 46;
const ZERO = 48;
const COLON = 58;
const GROUPS = 8;
/** Groups of an address, and how many of them are zeros and ones in front of an IPv4 address in IPv6 form. */
const groups = new Uint16Array(GROUPS);
const MAPPED_ZEROS = 5;

/**
 * Writes family and network of `address` to `words[at, at + 3)`: an IPv4 address, also in its IPv6 form, or a /64.
 * Takes what `isIP` accepts; anything else lands somewhere, always in the same place.
 */
export function writeClient(address: string, words: Int32Array, at: number): void {
  words[at + 2] = 0;
  if (!readGroups(address)) {
    words[at] = 4;
    words[at + 1] = dotted(address, 0);
  } else if (isMapped()) {
    words[at] = 4;
    words[at + 1] = (groups[6]! << 16) | groups[7]!;
  } else {
    words[at] = 6;
    words[at + 1] = (groups[0]! << 16) | groups[1]!;
    words[at + 2] = (groups[2]! << 16) | groups[3]!;
  }
}

/** Reads an IPv6 address into `groups`; false for one without a colon. */
function readGroups(address: string): boolean {
  groups.fill(0);
  let count = 0;
  let gap = -1;
  let start = 0;
  let value = 0;
  let colons = false;
  for (let i = 0; i < address.length; i++) {
    const code = unitAt(address, i);
    if (code === DOT) {
      if (!colons) return false;
      return place(putDotted(address, start, count), gap);
    }
    if (code !== COLON) {
      value = (value << 4) | hexValue(code);
      continue;
    }
    colons = true;
    if (i > start) put(count++, value);
    else if (i > 0) gap = count;
    value = 0;
    start = i + 1;
  }
  if (address.length > start) put(count++, value);
  return colons && place(count, gap);
}

/** Moves the groups behind `::` to the end. */
function place(count: number, gap: number): boolean {
  if (gap < 0 || count >= GROUPS) return true;
  groups.copyWithin(GROUPS - (count - gap), gap, count);
  groups.fill(0, gap, GROUPS - (count - gap));
  return true;
}

function put(index: number, value: number): void {
  if (index < GROUPS) groups[index] = value;
}

/** The last two groups, written as IPv4; the count with them. */
function putDotted(address: string, from: number, count: number): number {
  const value = dotted(address, from);
  put(count, value >>> 16);
  put(count + 1, value);
  return count + 2;
}

function dotted(address: string, from: number): number {
  let value = 0;
  let octet = 0;
  for (let i = from; i < address.length; i++) {
    const code = unitAt(address, i);
    if (code === DOT) {
      value = (value << 8) | octet;
      octet = 0;
    } else octet = (octet * 10 + code - ZERO) & 0xff;
  }
  return (value << 8) | octet;
}

function isMapped(): boolean {
  for (let i = 0; i < MAPPED_ZEROS; i++) if (groups[i] !== 0) return false;
  return groups[MAPPED_ZEROS] === 0xffff;
}

function hexValue(code: number): number {
  return code < COLON ? code - ZERO : (code | 0x20) - 87;
}
