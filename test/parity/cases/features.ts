/** Requests for every behaviour of the table, one or a few for each row. */
import { behindProxy, inFront, type ParityCase } from "../support/case.ts";
import { bodies, judgedBodies, queries } from "./body-features.ts";
import { casesOf } from "./feature-table.ts";
import { identity, reading, routing } from "./request-features.ts";
import { answers, behind, realtime } from "./traffic-features.ts";

/** All of them. */
export const features: readonly ParityCase[] = [
  ...[reading, routing, identity, bodies, queries, judgedBodies, realtime, answers].flatMap((rows) =>
    casesOf(rows, inFront),
  ),
  ...casesOf(behind, behindProxy),
];
