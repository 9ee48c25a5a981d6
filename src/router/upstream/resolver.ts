import { lookup } from "node:dns/promises";

/** Turns a hostname into its IP addresses, in the order given; rejects when it has none or takes too long. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

const LOOKUP_TIMEOUT_MS = 5_000;

/** Asks the system, as every other program on the machine does: hosts file, search domains, DNS. */
export const systemResolver: Resolver = (hostname) =>
  withinTime(hostname, lookup(hostname, { all: true, order: "verbatim" }));

async function withinTime(hostname: string, found: Promise<readonly { readonly address: string }[]>) {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`no answer for \`${hostname}\` within ${LOOKUP_TIMEOUT_MS} ms`));
  }, LOOKUP_TIMEOUT_MS);
  try {
    return (await Promise.race([found, late.promise])).map(({ address }) => address);
  } finally {
    clearTimeout(timer);
  }
}
