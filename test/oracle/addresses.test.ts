/** Sets of networks against Node's `BlockList`, on generated networks and addresses. */
import { BlockList, isIPv4 } from "node:net";
import fc from "fast-check";
import t from "tap";
import { compileAddresses } from "../../src/policy/addresses.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);

/** Few bits vary, so that addresses lie in networks and networks in one another; the ends of ranges come often. */
const byte = fc.constantFrom(0, 1, 10, 127, 128, 254, 255);
const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join("."));
const group = fc.constantFrom("0", "1", "a01", "7fff", "8000", "ffff", "FFFE");
const ipv6 = fc.oneof(
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(":")),
  fc
    .tuple(fc.array(group, { maxLength: 3 }), fc.array(group, { maxLength: 3 }))
    .map(([head, tail]) => `${head.join(":")}::${tail.join(":")}`),
  fc
    .tuple(fc.constantFrom("::ffff:", "::FFFF:", "64:ff9b::", "::", "0:0:0:0:0:ffff:"), ipv4)
    .map((parts) => parts.join("")),
);
const address = fc.oneof(ipv4, ipv6);
const network = address.chain((of) => fc.tuple(fc.constant(of), fc.nat(isIPv4(of) ? 32 : 128)));

let inside = 0;
fc.assert(
  fc.property(
    fc.array(network, { maxLength: 6 }),
    fc.array(address, { minLength: 5, maxLength: 20 }),
    (networks, addresses) => {
      const list = new BlockList();
      for (const [of, prefix] of networks) list.addSubnet(of, prefix, isIPv4(of) ? "ipv4" : "ipv6");
      const set = compileAddresses(networks.map(([of, prefix]) => `${of}/${prefix}`));
      for (const one of [...addresses, ...networks.map(([of]) => of)]) {
        const want = list.check(one, isIPv4(one) ? "ipv4" : "ipv6");
        if (want) inside++;
        if (set.has(one) !== want)
          throw new Error(`${one} in ${networks.map((of) => of.join("/"))}: ${!want} instead of ${want}`);
      }
    },
  ),
  { seed, numRuns: 5000 },
);
t.ok(inside > 10_000, `enough were inside: ${inside}`);
