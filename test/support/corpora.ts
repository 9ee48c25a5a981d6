import { readFileSync } from "node:fs";

/** A request, whole or broken, and what a worker behind the edge may see of it. Fields: test/corpora/README.md. */
export interface SmugglingCase {
  readonly id: string;
  readonly raw: string;
  readonly segments?: readonly string[];
  readonly expect: "reject" | "either" | "forward-one";
  readonly backend_max: number;
  readonly backend_host: string | null;
  readonly forbid: readonly string[];
  readonly must_see?: readonly string[];
  readonly proto: "h1" | "h2";
  readonly why: string;
}

/** A request target and whether a worker may see it. */
export interface PathCase {
  readonly id: string;
  readonly target: string;
  readonly must_block: boolean | "either";
  readonly methods?: readonly string[];
  readonly why: string;
}

/** A request and the tenant that it must reach. */
export interface HostCase {
  readonly id: string;
  readonly raw: string;
  readonly expect: string;
  readonly also_ok?: string;
  readonly expect_sequence?: readonly string[];
  readonly forward_host?: string;
  readonly sni?: string;
  readonly why: string;
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../corpora/${name}.json`, import.meta.url), "utf8")) as T;
}

/** Raw requests that try to desynchronise the edge from its worker. */
export const smugglingCases = load<readonly SmugglingCase[]>("smuggling");

/** Targets that reach, or seem to reach, the database doors. */
export const pathCases = load<readonly PathCase[]>("path-bypass");

/** Raw requests about who the host is. */
export const hostCases = load<readonly HostCase[]>("host-cases");

/** Hostnames of the corpora's tenants by the names that the corpora use. */
export const corpusHosts = {
  acme: "acme.example.com",
  globex: "globex.example.com",
  buecher: "xn--bcher-kva.example.com",
} as const;
