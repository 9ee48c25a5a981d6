import { corpusHosts, hostCases, pathCases, smugglingCases } from "../../support/corpora.ts";
import { requestBytes } from "../../support/replay.ts";
import { readTraffic } from "../../support/traffic.ts";
import { ask, behindProxy, type ParityCase, rawCase, whole } from "../support/case.ts";

/** HTTP/2 with prior knowledge: Envoy answers in frames that no reader of HTTP/1.1 reads. */
const isHttp2 = (raw: string) => raw.startsWith("PRI * HTTP/2.0");

/** Requests that try to make an edge and a worker disagree. */
export const smuggling: readonly ParityCase[] = smugglingCases
  .filter(({ raw }) => !isHttp2(raw))
  .map(({ id, why, raw, segments, must_see }) =>
    rawCase(`smuggling ${id}: ${why}`, segments ?? [raw], { answers: must_see?.length ?? 1, where: whole }),
  );

/** Targets that reach the database doors in some server, or resemble them. */
export const paths: readonly ParityCase[] = pathCases.flatMap(({ id, why, target, methods }) =>
  (methods ?? ["GET"]).map((method) =>
    rawCase(`path ${id}: ${why}`, [ask(`${method} ${target}`, corpusHosts.acme)], { where: whole }),
  ),
);

/** Requests about who the host is. */
export const hosts: readonly ParityCase[] = hostCases
  .filter(({ sni }) => sni === undefined)
  .map(({ id, why, raw, expect_sequence }) =>
    rawCase(`host ${id}: ${why}`, [raw], { answers: expect_sequence?.length ?? 1, where: whole }),
  );

export const trafficEntries = readTraffic();

/** What browsers and API clients sent to a real Odoo, through a proxy that ends TLS. */
export const traffic: readonly ParityCase[] = trafficEntries
  .filter(({ frames }) => frames === null)
  .map((entry) =>
    rawCase(`traffic ${entry.id}: ${entry.step}`, [requestBytes(entry)], {
      where: behindProxy,
      quietMs: 3000,
    }),
  );
