/** Where a target is, found out once: no request of a run waits for a name. */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Address } from "./load-connection.ts";
import { LoadError } from "./load-error.ts";
import type { LoadTarget, RunSettings } from "./settings.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** The address to connect to. Throws a LoadError where it must not or cannot be loaded. */
export async function resolveTarget({ name, url }: LoadTarget, remote: RunSettings["remote"]): Promise<Address> {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== "http:" || parsed.username !== "" || parsed.password !== "") {
    throw new LoadError(
      "usage",
      `the target \`${name}\` is no URL such as http://127.0.0.1:8080`,
      "cleartext HTTP, without user information",
    );
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = parsed.port === "" ? 80 : Number(parsed.port);
  const { address, family } = await lookup(host).catch((cause) => {
    throw new LoadError("target", `cannot find ${host} of the target \`${name}\``, "is the name right?", { cause });
  });
  if (remote === "refused" && !loopback.check(address, family === 6 ? "ipv6" : "ipv4")) {
    const hint = "a load takes a service down: --allow-remote says that this one is yours to load";
    throw new LoadError(
      "usage",
      `the target \`${name}\` is not on this machine: ${isIP(host) === 0 ? `${host} is ` : ""}${address}`,
      hint,
    );
  }
  return { host: address, port };
}

/** A target's URL for a report: its origin. */
export function originOf({ url }: LoadTarget): string {
  return new URL(url).origin;
}
