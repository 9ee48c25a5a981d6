/**
 * An IP address as four words of 32 bits, an IPv4 address in its IPv6 form (`::ffff:0:0/96`, RFC 4291 section 2.5.5.2).
 * Hot: walks characters, makes no string.
 */
import { unitAt } from "../core/unit-at.ts";

const DOT = 46;
const ZERO = 48;
const COLON = 58;
const GROUPS = 8;
/** The address that is read, in groups of 16 bits. */
const groups = new Uint16Array(GROUPS);

/** What stands before an IPv4 address in its IPv6 form. */
const MAPPED = 0xffff;

/**
 * Writes the words of `address`. Takes what `isIP` accepts, without a zone; of anything else it writes something, always
 * the same.
 */
export function readAddress(address: string, words: Uint32Array): void {
  if (readGroups(address)) {
    for (let i = 0; i < 4; i++) words[i] = (groups[2 * i]! << 16) | groups[2 * i + 1]!;
  } else {
    words[0] = 0;
    words[1] = 0;
    words[2] = MAPPED;
    words[3] = dotted(address, 0);
  }
}

/** Whether the words are those of an IPv4 address. */
export function isMapped(words: Uint32Array): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
}

/** Reads an IPv6 address into `groups`; false for one without a colon. */
function readGroups(address: string): boolean {
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
    if (!colons) groups.fill(0);
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

function hexValue(code: number): number {
  return code < COLON ? code - ZERO : (code | 0x20) - 87;
}
