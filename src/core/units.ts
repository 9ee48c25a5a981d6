/** Times and sizes as operators write them: Gateway API durations and Kubernetes quantities. */

const DURATION = /^(?:[0-9]{1,5}(?:h|ms|m|s)){1,4}$/;
const DURATION_PART = /([0-9]{1,5})(h|ms|m|s)/g;
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a Gateway API duration (GEP-2257: `1h30m`, `720s`, `500ms`); null when it is none. */
export function parseDurationMs(text: string): number | null {
  if (!DURATION.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(DURATION_PART)) total += Number(count) * unitMs[unit!]!;
  return total;
}

/** Shortest canonical Gateway API duration of whole, non-negative milliseconds: 5400000 is `1h30m`. */
export function formatDurationMs(ms: number): string {
  let rest = ms;
  let text = "";
  for (const [unit, size] of Object.entries(unitMs)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}

const QUANTITY = /^([0-9]{1,15})(?:\.([0-9]{1,9}))?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P|[eE][+]?[0-9]{1,2})?$/;
const binaryUnits = ["Pi", "Ti", "Gi", "Mi", "Ki"] as const;
const suffixBytes: Readonly<Record<string, number>> = {
  Pi: 2 ** 50,
  Ti: 2 ** 40,
  Gi: 2 ** 30,
  Mi: 2 ** 20,
  Ki: 2 ** 10,
  P: 1e15,
  T: 1e12,
  G: 1e9,
  M: 1e6,
  k: 1e3,
};

/** Bytes of a Kubernetes quantity (`128Mi`, `1.5Gi`, `2M`, `1e6`, `512`); null when it is none or is no whole number of bytes. */
export function parseQuantityBytes(text: string): number | null {
  const parts = QUANTITY.exec(text);
  if (parts === null) return null;
  const [, whole = "", fraction = "", suffix = ""] = parts;
  const factor = /^[eE]/.test(suffix) ? 10 ** Number(suffix.slice(1)) : (suffixBytes[suffix] ?? 1);
  // Digits and factor are multiplied exactly, then divided once: 0.1Ki is 102.4 bytes and refused.
  const scaled = BigInt(whole + fraction) * BigInt(factor);
  const divisor = 10n ** BigInt(fraction.length);
  const bytes = scaled / divisor;
  return bytes * divisor === scaled && bytes <= Number.MAX_SAFE_INTEGER ? Number(bytes) : null;
}

/** Shortest exact quantity of whole, non-negative bytes, in binary units: 134217728 is `128Mi`. */
export function formatQuantityBytes(bytes: number): string {
  const unit = binaryUnits.find((name) => bytes > 0 && bytes % suffixBytes[name]! === 0);
  return unit === undefined ? String(bytes) : `${bytes / suffixBytes[unit]!}${unit}`;
}
