import { isIPv4, isIPv6 } from "node:net";
import { readAddress } from "./address-words.ts";

/** A set of networks. */
export interface AddressSet {
  /** Whether an IPv4 or IPv6 address lies in one of them; false for anything that is no address. */
  has(address: string): boolean;
}

/**
 * Compiles networks (`10.0.0.0/8`, `2001:db8::/32`, or one address) to a set. An IPv4 address and its IPv6 form
 * `::ffff:1.2.3.4` are the same. Throws for a network that is none: the catalog has checked them.
 */
export function compileAddresses(cidrs: readonly string[]): AddressSet {
  return new AddressRanges(cidrs.map(rangeOf));
}

/** Words of an address, and of a range's two ends. */
const WORDS = 4;
const RANGE_WORDS = 2 * WORDS;
const asked = new Uint32Array(WORDS);

/**
 * Networks as ranges of addresses, in order and apart, searched by halves. Hot: once or twice per request of a tenant with
 * lists; Node's `BlockList`, a bit at a time and behind a call into C++, takes ten times as long.
 */
class AddressRanges implements AddressSet {
  /** First and last address of each range. */
  readonly #ends: Uint32Array;

  constructor(ranges: readonly Uint32Array[]) {
    const apart: Uint32Array[] = [];
    for (const range of ranges.toSorted((a, b) => compare(a, 0, b, 0))) {
      const before = apart.at(-1);
      if (before === undefined || compare(before, WORDS, range, 0) < 0) apart.push(range);
      else if (compare(before, WORDS, range, WORDS) < 0) before.set(range.subarray(WORDS), WORDS);
    }
    this.#ends = new Uint32Array(apart.length * RANGE_WORDS);
    for (const [i, range] of apart.entries()) this.#ends.set(range, i * RANGE_WORDS);
  }

  has(address: string): boolean {
    if (!isAddress(address)) return false;
    readAddress(address, asked);
    // The ranges before `from` begin at or before the address, those from `to` on behind it.
    let from = 0;
    let to = this.#ends.length / RANGE_WORDS;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compare(this.#ends, middle * RANGE_WORDS, asked, 0) <= 0) from = middle + 1;
      else to = middle;
    }
    return from > 0 && compare(asked, 0, this.#ends, from * RANGE_WORDS - WORDS) <= 0;
  }
}

/** Whether it is an address, without a zone: that is no part of an address, and no list has one. */
function isAddress(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes("%"));
}

/** Negative, 0 or positive, as the address at `a[i]` is before, at or behind that at `b[j]`. */
function compare(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  for (let word = 0; word < WORDS; word++) {
    const difference = a[i + word]! - b[j + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first and the last address of a network. */
function rangeOf(cidr: string): Uint32Array {
  const slash = cidr.indexOf("/");
  const address = slash < 0 ? cidr : cidr.slice(0, slash);
  const bits = isIPv4(address) ? 32 : 128;
  const prefix = slash < 0 ? String(bits) : cidr.slice(slash + 1);
  if (!isAddress(address) || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) throw new Error(`no network: ${cidr}`);
  const ends = new Uint32Array(RANGE_WORDS);
  readAddress(address, ends);
  const hostBits = bits - Number(prefix);
  for (let word = 0; word < WORDS; word++) {
    const free = Math.min(32, Math.max(0, hostBits - 32 * (WORDS - 1 - word)));
    const host = 2 ** free - 1;
    ends[word + WORDS] = ends[word]! | host;
    ends[word]! &= ~host;
  }
  return ends;
}

/** `set`, and one address more. */
export function withAddress(set: AddressSet | null, address: string): AddressSet {
  return { has: (asked) => asked === address || (set?.has(asked) ?? false) };
}

/** An address without its IPv4-mapped prefix: `::ffff:1.2.3.4` → `1.2.3.4`, as dual-stack sockets name IPv4 peers. */
export function plainAddress(address: string): string {
  if (!address.startsWith("::")) return address;
  const tail = address.slice(MAPPED.length);
  return isIPv4(tail) && address.slice(0, MAPPED.length).toLowerCase() === MAPPED ? tail : address;
}

const MAPPED = "::ffff:";
