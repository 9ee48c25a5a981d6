/** Figures as people read them: three digits that say something, and a unit on each. */

const timeUnits = [
  { name: "s", us: 1_000_000 },
  { name: "ms", us: 1000 },
  { name: "µs", us: 1 },
] as const;

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A time in a unit of its own size: `312 µs`, `1.20 ms`. */
export function time(us: number): string {
  const unit = unitOf(us);
  return `${digits(us / unit.us)} ${unit.name}`;
}

/** The same without zeros at the end, for an axis: `2 ms`. */
export function shortTime(us: number): string {
  const unit = unitOf(us);
  return `${Number((us / unit.us).toPrecision(3))} ${unit.name}`;
}

/** A difference and its interval in one unit: `+12.3 [+10.1, +14.5] µs`; without an interval `+12.3 µs`. */
export function timeDifference(us: number, interval: readonly [number, number] | null): string {
  const unit = unitOf(Math.max(Math.abs(us), ...(interval ?? []).map(Math.abs)));
  const shown = (value: number): string => signed(value / unit.us);
  const range = interval === null ? "" : ` [${shown(interval[0])}, ${shown(interval[1])}]`;
  return `${shown(us)}${range} ${unit.name}`;
}

/** A quotient and its interval: `1.24x [1.20, 1.28]`. */
export function ratio(value: number, interval: readonly [number, number] | null = null): string {
  const range = interval === null ? "" : ` [${interval[0].toFixed(2)}, ${interval[1].toFixed(2)}]`;
  return `${value.toFixed(2)}x${range}`;
}

/** A whole number with commas between thousands. */
export function count(value: number): string {
  return whole.format(value);
}

/** A share as percentage; never `0%` for what is more than nothing, nor `100%` for what is less than all. */
export function share(value: number): string {
  const percent = value * 100;
  if (percent > 0 && percent < 0.0001) return "<0.0001%";
  if (percent > 99.99 && percent < 100) return ">99.99%";
  return `${percent > 99 ? Number(percent.toFixed(2)) : Number(percent.toPrecision(2))}%`;
}

/** Resident memory. */
export function memory(mebibytes: number): string {
  return mebibytes >= 1024 ? `${digits(mebibytes / 1024)} GiB` : `${digits(mebibytes)} MiB`;
}

/** A percentile as people name it: `p99.9`. */
export function percentileName(percentile: number): string {
  return `p${percentile}`;
}

/** The unit that the rounded value is written in: 999.7 µs is 1 ms. */
function unitOf(us: number): (typeof timeUnits)[number] {
  const rounded = Number(us.toPrecision(3));
  return timeUnits.find((unit) => rounded >= unit.us) ?? timeUnits[2];
}

/** Three digits, two decimals at most, and all digits of whole thousands. */
function digits(value: number): string {
  const decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value === 0 ? "0" : value.toFixed(decimals);
}

function signed(value: number): string {
  const text = digits(Math.abs(value));
  return Number(text) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}
