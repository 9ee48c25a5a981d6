/**
 * A client's address as three words for its rate bucket. An IPv6 client is its /64: whoever has one has all of it, and
 * every request could come from another address. Hot: nothing allocates.
 */
import { isMapped, readAddress } from "../address-words.ts";

const read = new Uint32Array(4);

/**
 * Writes family and network of `address` to `words[at, at + 3)`: an IPv4 address, also in its IPv6 form, or a /64.
 * Takes what `isIP` accepts; anything else lands somewhere, always in the same place.
 */
export function writeClient(address: string, words: Int32Array, at: number): void {
  readAddress(address, read);
  const ipv4 = isMapped(read);
  words[at] = ipv4 ? 4 : 6;
  words[at + 1] = ipv4 ? read[3]! : read[0]!;
  words[at + 2] = ipv4 ? 0 : read[1]!;
}
