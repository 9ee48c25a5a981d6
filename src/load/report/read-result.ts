/** A result that comes back from a file: checked to the last field, as reports and gates trust it. */
import { z } from "zod";
import { type BenchResult, errorKinds } from "../result.ts";
import { clipped, plainText } from "./safe-text.ts";

const format = "hostward-bench/1";

/** No result needs more; without an end, a file could keep a reader busy for ever. */
const textMax = 20_000;
const nameMax = 1_000;
const many = {
  targets: 100,
  legs: 100,
  intervals: 1_000,
  percentiles: 1_000,
  comparisons: 1_000,
  gates: 10_000,
} as const;

const text = z.string().max(textMax);
const name = z.string().max(nameMax);
const amount = z.number().nonnegative();
const whole = z.int().nonnegative();
const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, "must ascend");

/** Every kind has its count, and there is no other. */
const errors = z.record(z.enum(errorKinds), whole);

const latency = z
  .strictObject({
    count: whole,
    minUs: amount,
    meanUs: amount,
    maxUs: amount,
    percentiles: z.array(z.strictObject({ percentile: z.number().min(0).max(100), us: amount })).max(many.percentiles),
  })
  .superRefine(({ count, percentiles }, context) => {
    const missing = [50, 75, 90, 95, 99, 99.9, 99.99].filter(
      (p) => !percentiles.some((point) => point.percentile === p),
    );
    if (count > 0 && missing.length > 0) context.addIssue(`must have the percentiles ${missing.join(", ")}`);
    const ascends = percentiles.every((point, at) => at === 0 || point.percentile > percentiles[at - 1]!.percentile);
    if (!ascends) context.addIssue("must have ascending percentiles");
  });

const interval = z.strictObject({
  startSeconds: amount,
  seconds: amount,
  requests: whole,
  errors: whole,
  p50Us: amount,
  p99Us: amount,
  maxUs: amount,
});

const total = z.strictObject({
  seconds: amount,
  requests: whole,
  errors,
  statuses: z.record(z.string().regex(/^[1-9]\d\d$/), whole),
  answered: whole.exactOptional(),
  connects: whole,
  latency,
  cost: z.strictObject({ cpuUsPerRequest: amount, cores: amount, memoryMiB: amount }).nullable(),
  generator: z.strictObject({
    cpuUsPerRequest: amount,
    loopBusy: amount,
    lagP50Us: amount,
    lagP99Us: amount,
    unsent: whole,
    bottleneck: text.nullable(),
  }),
});

const comparison = z.strictObject({
  baseline: name,
  candidate: name,
  figure: z.enum(["p50", "p90", "p99", "mean", "cpu"]),
  baselineUs: amount,
  candidateUs: amount,
  differenceUs: z.number(),
  differenceIntervalUs: range,
  ratio: amount,
  ratioInterval: range,
  confidence: z.literal(0.95),
  pairs: whole,
  inconclusive: text.nullable(),
});

const gate = z.strictObject({
  text,
  target: name,
  value: z.number().nullable(),
  limit: amount,
  unit: z.enum(["us", "x", "share"]),
  verdict: z.enum(["passed", "failed", "refused"]),
  reason: text,
});

const schema: z.ZodType<BenchResult> = z.strictObject({
  format: z.literal(format),
  startedAt: z.iso.datetime(),
  command: text,
  machine: z.strictObject({
    cpu: name,
    cores: whole,
    memoryMiB: amount,
    system: name,
    node: name,
    hostward: name,
  }),
  settings: z.strictObject({
    loop: z.enum(["open", "closed"]),
    arrivals: z.enum(["constant", "poisson"]).nullable(),
    rate: amount.nullable(),
    connections: whole,
    warmupSeconds: amount,
    seconds: amount,
    pairs: whole,
    timeoutMs: amount,
    seed: z.number(),
    traffic: text,
    trafficDigest: name.exactOptional(),
    threads: whole.exactOptional(),
    sockets: whole.exactOptional(),
  }),
  targets: z
    .array(
      z.strictObject({
        name,
        url: name,
        legs: z
          .array(z.strictObject({ ...total.shape, pair: whole, intervals: z.array(interval).max(many.intervals) }))
          .max(many.legs),
        total,
      }),
    )
    .min(1)
    .max(many.targets),
  comparisons: z.array(comparison).max(many.comparisons),
  gates: z.array(gate).max(many.gates),
});

/** Characters of what a file says that are shown. */
const shownMax = 80;

/**
 * The result in a JSON text, or why it holds none: the first thing that is wrong, with its place. Whatever the text is, the
 * problem is a line that a terminal can show.
 */
export function parseResult(text: string): { readonly result: BenchResult } | { readonly problem: string } {
  const document = parseJson(text);
  if (document === undefined) return { problem: "it is no JSON" };
  const found = (document as { format?: unknown } | null)?.format;
  if (found !== format) {
    return {
      problem: `its \`format\` is ${found === undefined ? "missing" : shown(JSON.stringify(found))}, not "${format}"`,
    };
  }
  const { success, data, error } = schema.safeParse(document);
  if (success) return { result: data };
  const { path, message } = error.issues[0]!;
  return { problem: `\`${shown(path.join("."))}\`: ${shown(message)}` };
}

function shown(text: string): string {
  return clipped(plainText(text), shownMax);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
